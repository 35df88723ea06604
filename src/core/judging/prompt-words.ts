/** So many words in a row are no coincidence; shorter ones, such as "a colleague can help", may be. */
const longestCoincidence = 11;

/**
 * Whether a reply repeats what the model was told: more than eleven words in a row of its system
 * prompt, whatever their case, marks and invisible characters. What the prompt has in quotation
 * marks is there to be said and does not count. A translation or an encoding is not recognized.
 */
export function repeatsPrompt(reply: string, systemPrompt: string): boolean {
  const said = wordsOf(reply);
  if (said.length <= longestCoincidence) return false;
  const told = toldBy(systemPrompt);
  return said
    .slice(longestCoincidence)
    .some((_, at) => told.includes(inRow(said.slice(at, at + longestCoincidence + 1))));
}

/** One prompt is compared with reply after reply; taking it apart costs more than comparing. */
let latest = { systemPrompt: "", told: "" };

/** The words of a prompt in their order, each part between quotations on a line of its own. */
function toldBy(systemPrompt: string): string {
  if (latest.systemPrompt !== systemPrompt) {
    const parts = systemPrompt.split(/"[^"\n]*"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»/);
    latest = { systemPrompt, told: parts.map((part) => inRow(wordsOf(part))).join("\n") };
  }
  return latest.told;
}

/** With a blank on both sides of each word, so that none is found inside another. */
function inRow(words: string[]): string {
  return ` ${words.join(" ")} `;
}

/** A letter of a script without blanks is a word. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .replace(/[\p{Cf}\p{DI}]/gu, "")
      .toLowerCase()
      .match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}]+/gu) ?? []
  );
}
