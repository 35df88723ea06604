import { searchLanguages } from "./search-languages.ts";
import type { Sql } from "./sql.ts";

const maxRemembered = 50_000;
const known: ReadonlySet<string> = new Set(searchLanguages.map(([code]) => code));
/** What a text is taken to be in whose language is not known, or has no rules in PostgreSQL. */
const usualLanguage = "en";

/**
 * What the index makes of words: without the accents of Latin letters, and without their endings
 * after the rules of one language.
 * @returns a term for each word, in the same order
 */
export type StemReader = (
  sql: Sql,
  asked: readonly { word: string; language: string }[],
) => Promise<string[]>;

/** Whose rules for word endings a text of that language is indexed with. */
export function stemLanguageOf(language: string | null): string {
  const code = (language ?? usualLanguage).toLowerCase().split(/[-_]/, 1)[0] ?? usualLanguage;
  return known.has(code) ? code : usualLanguage;
}

/**
 * Asks PostgreSQL's dictionaries, which know the languages, but not its parser: that cuts words
 * otherwise than the embedded memory, and in every locale in another way.
 */
export function createStemReader(schema: string): StemReader {
  const remembered = new Map<string, string>();
  const keyOf = (asked: { word: string; language: string }) => `${asked.language}:${asked.word}`;
  return async (sql, asked) => {
    const fresh = new Map(asked.map((one) => [keyOf(one), one]));
    const terms = new Map<string, string>();
    for (const key of fresh.keys()) {
      const term = remembered.get(key);
      if (term === undefined) continue;
      terms.set(key, term);
      fresh.delete(key);
    }
    if (fresh.size > 0) {
      const rows = await sql.query(
        `SELECT coalesce((ts_lexize(dictionary::regdictionary, word))[1], word) AS term
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (dictionary, word, number)
         ORDER BY number`,
        [
          Array.from(fresh.values(), ({ language }) => `${schema}.stem_${language}`),
          Array.from(fresh.values(), ({ word }) => plain(word)),
        ],
      );
      if (remembered.size + fresh.size > maxRemembered) remembered.clear();
      for (const [index, key] of [...fresh.keys()].entries()) {
        const term = String(rows[index]?.term);
        terms.set(key, term);
        if (remembered.size < maxRemembered) remembered.set(key, term);
      }
    }
    return asked.map((one) => terms.get(keyOf(one)) ?? one.word);
  };
}

/** Marks on letters of other scripts are letters of their own. */
function plain(word: string): string {
  const taken = word.normalize("NFD").replace(/(\p{Script=Latin})\p{Mn}+/gu, "$1");
  return taken.normalize("NFC");
}
