import { wordsIn } from "../../lib/full-text/words.ts";
import type { Sql } from "./sql.ts";
import { type StemReader, stemLanguageOf } from "./stems.ts";

/** Nobody asks for longer ones, and PostgreSQL keeps none of more than 2,046 bytes. */
const longestWord = 200;
/**
 * A tsvector holds so many places of one word and so many bytes altogether
 * (https://www.postgresql.org/docs/current/textsearch-limitations.html, with room to spare). What a
 * giant text says beyond that is stored, but not found.
 */
const maxPlaces = 255;
const maxBytes = 900_000;
const columnLetters = "ABCD";

/** A row as it is to be found: a text for each column that is searched, in their order. */
export type Indexable = { texts: readonly string[]; language: string | null };

/** What goes into a row's columns of the same names: `$1::tsvector`, `$2::int[]`, `$3`. */
export type IndexedWords = { words: string; lengths: number[]; words_in: string };

/**
 * What is stored of rows for the search. Places are no places in the text: a word that a column has
 * three times has three of the column's weight, which is all that is asked for.
 */
export async function indexed(
  sql: Sql,
  toTerms: StemReader,
  rows: readonly Indexable[],
): Promise<IndexedWords[]> {
  const read = rows.map(({ texts, language }) => ({
    columns: texts.map(wordsIn),
    words_in: stemLanguageOf(language),
  }));
  const asked = read.map(({ columns, words_in }) =>
    [...new Set(columns.flat())]
      .filter(({ length }) => length <= longestWord)
      .map((word) => ({ word, language: words_in })),
  );
  const terms = await toTerms(sql, asked.flat());
  let at = 0;
  return read.map(({ columns, words_in }, index) => {
    const its = asked[index] ?? [];
    const termOf = new Map(its.map(({ word }, number) => [word, terms[at + number] ?? word]));
    at += its.length;
    return {
      words: vectorOf(columns, termOf),
      lengths: columns.map(({ length }) => length),
      words_in,
    };
  });
}

/** As PostgreSQL reads it: `'invoic':1A,2A,3B 'pay':1B`. */
function vectorOf(columns: string[][], termOf: ReadonlyMap<string, string>): string {
  const placesOf = new Map<string, string[]>();
  for (const [column, words] of columns.entries()) {
    for (const word of words) {
      const term = termOf.get(word);
      if (term === undefined) continue;
      const places = placesOf.get(term) ?? [];
      placesOf.set(term, places);
      if (places.length < maxPlaces) places.push(`${places.length + 1}${columnLetters[column]}`);
    }
  }
  let left = maxBytes;
  const parts: string[] = [];
  for (const [term, places] of placesOf) {
    left -= Buffer.byteLength(term) + 2 * places.length + 8;
    if (left < 0) break;
    parts.push(`${quoted(term)}:${places.join(",")}`);
  }
  return parts.join(" ");
}

/** A term as it stands in a tsvector or asks in a tsquery: a plain word, whatever it is. */
export function quoted(term: string): string {
  return `'${term.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
