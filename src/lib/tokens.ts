/**
 * How many tokens a text costs a model, roughly: four characters of an alphabet each, one sign of
 * Chinese, Japanese or Korean each, and as much for what is neither letter nor mark (emoji).
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4 + 0.75 * (text.match(dense)?.length ?? 0));
}

/** How many characters of a text, from its beginning or its end, such an estimate allows. */
export function lengthWithin(text: string, tokens: number, from: "start" | "end"): number {
  let quarters = Math.max(0, Math.floor(tokens)) * 4;
  let length = 0;
  while (length < text.length) {
    const character = text.charAt(from === "start" ? length : text.length - 1 - length);
    quarters -= isDense.test(character) ? 4 : 1;
    if (quarters < 0) break;
    length += 1;
  }
  return length;
}

/** By UTF-16 units, so that a surrogate pair counts two. */
const dense = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\ud800-\udfff]/g;
const isDense = new RegExp(dense.source);
