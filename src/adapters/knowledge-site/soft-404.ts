import type { PageText } from "./page-text.ts";

/** As much of two texts' words must be the same for them to be one text. */
const same = 0.9;
const notFoundTitle =
  /^(?:(?:error\s*)?404\b|(?:page|seite|article)? ?(?:was )?(?:not found|nicht gefunden)|(?:page|página) no encontrada|page (?:non trouvée|introuvable)|pagina non trovata|página não encontrada|pagina niet gevonden|ページが見つかりません|页面未找到|找不到页面)/iu;
const shortCharacters = 1_500;

/** Whether a page that was answered with 200 says that there is none. */
export function saysNotFound({ title, text }: PageText): boolean {
  return text.length < shortCharacters && notFoundTitle.test(title?.trim() ?? "");
}

/** The words of a text, to be compared with those of another one. */
export function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}+/gu));
}

/** Whether two texts are nearly the same. */
export function isSameText(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [fewer, more] = one.size < other.size ? [one, other] : [other, one];
  if (more.size === 0 || fewer.size / more.size < same) return more.size === fewer.size;
  let shared = 0;
  for (const word of fewer) if (more.has(word)) shared += 1;
  return shared / (one.size + other.size - shared) >= same;
}
