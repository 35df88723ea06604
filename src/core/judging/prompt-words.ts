/** So many words in a row are no coincidence; shorter ones, such as "a colleague can help", may be. */
const longestCoincidence = 11;

/**
 * Whether a reply repeats what the model was told: more than eleven words in a row of its system
 * prompt, whatever their case, marks and invisible characters. What the prompt has in quotation
 * marks is there to be said and does not count. A translation or an encoding is not recognized.
 */
export function repeatsPrompt(reply: string, systemPrompt: string): boolean {
  const said = new Set(runsIn(reply));
  if (said.size === 0) return false;
  return systemPrompt
    .split(/"[^"\n]*"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»/)
    .some((words) => runsIn(words).some((run) => said.has(run)));
}

/** Every run of twelve words; a letter of a script without blanks is a word. */
function runsIn(text: string): string[] {
  const words =
    text
      .normalize("NFKC")
      .replace(/[\p{Cf}\p{DI}]/gu, "")
      .toLowerCase()
      .match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}]+/gu) ?? [];
  const length = longestCoincidence + 1;
  return words.slice(length - 1).map((_, at) => words.slice(at, at + length).join(" "));
}
