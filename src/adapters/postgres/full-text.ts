import { type WordsAsked, withLaterAnswers } from "../../lib/full-text/asking.ts";
import { type QueryForm, type QueryTerm, queryFor } from "../../lib/full-text/query.ts";
import { type CountedForm, type FullTextHit, rank } from "../../lib/full-text/ranking.ts";
import type { Database } from "./database.ts";
import { type Indexable, type IndexedWords, indexed, quoted } from "./indexing.ts";
import type { Sql } from "./sql.ts";
import { createStemReader } from "./stems.ts";
import { createVocabularyReader } from "./vocabulary-reader.ts";

/** Rows that are read and weighed exactly; the others only by which of the words they have. */
const maxCandidates = 200;
/** Rows that a query may touch: PostgreSQL looks at each of them in the table, for over 1 µs. */
const maxRows = 8_000;
/** Which forms a row was found by is said by the bits of one number: a list would take far longer. */
const bits = 62;

/** Where so many rows meet a condition, or have a word that is too frequent, the newest are searched. */
const newestRows = 2_000;
/** PostgreSQL reads all rows of a word from its index, also where few are wanted: some 5 ms for these. */
const tooFrequent = 50_000;

/**
 * A condition on the table's own columns that few rows meet, those of one contact.
 * @param parameter takes a value and gives what stands for it in the statement
 */
export type Within = (parameter: (value: unknown) => string) => string;

/** The words of one table: how its rows are written and how they are found. */
export type FullText = {
  /** What is to be stored of rows so that they are found, in the same order. */
  index(sql: Sql, rows: readonly Indexable[]): Promise<IndexedWords[]>;
  /**
   * The rows that fit what a person wrote, best first.
   * @throws UpstreamError
   */
  search(text: string, limit: number, signal: AbortSignal, within?: Within): Promise<FullTextHit[]>;
};

/**
 * Searches one table by its `words` (`search-shape.ts`) with the rules of `lib/full-text`.
 * PostgreSQL says in which rows the words stand and how often; query, order and score are those of
 * the embedded memory. No statement's work grows with the table.
 *
 * @param options.table the table's name; a fixed word of ours, never input.
 * @param options.weights how much a word counts in each column, in the order of `Indexable.texts`;
 *   at most four.
 */
export function createFullText(
  database: Database,
  options: { table: string; weights: Record<string, number> },
): FullText {
  const table = `${database.schema}.${options.table}`;
  const weights = Object.values(options.weights);
  const toTerms = createStemReader(database.schema);
  const readVocabulary = createVocabularyReader(database, options.table);

  const statistics = async (sql: Sql) => {
    const [known] = await sql.query(
      `SELECT rows, written, lengths, languages FROM ${database.schema}.searched WHERE name = $1`,
      [options.table],
    );
    const rows = Number(known?.rows ?? 0);
    const lengths = (known?.lengths ?? []) as unknown[];
    return {
      rows,
      written: Number(known?.written ?? 0),
      averageLengths: weights.map((_, column) => Number(lengths[column] ?? 0) / Math.max(1, rows)),
      languages: (known?.languages ?? []) as string[],
    };
  };

  const countRows = async (sql: Sql, terms: string[]): Promise<Map<string, number>> => {
    const counted = await sql.query(
      `SELECT term, rows FROM ${database.schema}.vocabulary
       WHERE searched = $1 AND term = ANY ($2::text[])`,
      [options.table, terms],
    );
    return new Map(counted.map(({ term, rows }) => [String(term), Number(rows)]));
  };

  const answer = async (sql: Sql, { words, areCounted }: WordsAsked, languages: string[]) => {
    const asked = words.flatMap((word) => languages.map((language) => ({ word, language })));
    const terms = await toTerms(sql, asked);
    const termsOf = words.map((_, index) => [
      ...new Set(terms.slice(index * languages.length, (index + 1) * languages.length)),
    ]);
    const rowsOf = areCounted ? await countRows(sql, termsOf.flat()) : new Map<string, number>();
    return termsOf.map((its) => ({
      terms: its,
      rows: its.reduce((sum, term) => sum + (rowsOf.get(term) ?? 0), 0),
    }));
  };

  /** The rows with most of the words, with all of theirs; of equals the newest are taken. */
  const likeliest = async (
    sql: Sql,
    forms: readonly QueryForm[],
    limit: number,
    within: Within | undefined,
  ): Promise<Found[]> => {
    const values: unknown[] = [
      forms.map(({ term }) => quoted(term)),
      forms.map(({ weight }) => weight),
      forms.map(({ rows }) => within !== undefined || rows > tooFrequent),
      limit,
    ];
    const condition = within?.((value) => `$${values.push(value)}`) ?? "true";
    // The few are read once for all words, and not at all where none is looked for among them.
    const found = await sql.query(
      `WITH few AS MATERIALIZED (
         SELECT row, words FROM ${table} WHERE words IS NOT NULL AND ${condition}
         ORDER BY row DESC LIMIT ${newestRows}),
       likely AS (
         SELECT found.row, sum(weight) AS weight, bit_or(1::bigint << (number % ${bits})::int) AS bits
         FROM unnest($1::text[], $2::float8[], $3::boolean[])
           WITH ORDINALITY AS asked (term, weight, is_among_few, number)
         CROSS JOIN LATERAL (
           (SELECT row FROM ${table}
            WHERE NOT is_among_few AND words @@ term::tsquery LIMIT ${maxRows})
           UNION ALL
           SELECT row FROM few WHERE is_among_few AND words @@ term::tsquery) AS found
         GROUP BY found.row ORDER BY weight DESC, row DESC LIMIT $4)
       SELECT row, lengths, words::text AS words, bits::text FROM likely JOIN ${table} USING (row)`,
      values,
    );
    return found.map((one) => ({
      row: Number(one.row),
      lengths: one.lengths as number[],
      words: String(one.words),
      terms: termsIn(String(one.bits), forms),
    }));
  };

  return {
    index: (sql, rows) => indexed(sql, toTerms, rows),
    search: (text, limit, signal, within) =>
      database.ask("search", signal, async (sql) => {
        const counted = await statistics(sql);
        const { rows: size, averageLengths, languages } = counted;
        if (size === 0) return [];
        const terms = await withLaterAnswers(
          queryFor(text, { size, maxRows, vocabulary: await readVocabulary(counted) }),
          (asked) => answer(sql, asked, languages),
        );
        const searched = terms.filter(({ isSearched }) => isSearched);
        const forms = searched.flatMap((one) => one.forms);
        if (forms.length === 0) return [];
        const found = await likeliest(sql, forms, Math.max(limit, maxCandidates), within);
        const wordsOf = new Map(found.map(({ row, words }) => [row, words]));
        const candidates = {
          rows: found.map(({ row }) => row),
          lengthsOf: new Map(found.map(({ row, lengths }) => [row, lengths])),
          words: countedIn(found, searched, weights.length),
          contains: (row: number, { term }: { term: string }) =>
            placesOf(term, wordsOf.get(row) ?? "") !== null,
        };
        return rank(candidates, terms, { weights, averageLengths }, limit);
      }),
  };
}

/** The forms that these bits stand for; beyond `bits` forms, some of them may be others. */
function termsIn(number: string, forms: readonly { term: string }[]): string[] {
  const set = BigInt(number);
  return forms
    .filter((_, index) => ((set >> BigInt((index + 1) % bits)) & 1n) === 1n)
    .map(({ term }) => term);
}

/** A row that may fit: its words as PostgreSQL writes them, and which terms it was found by. */
type Found = { row: number; lengths: number[]; words: string; terms: string[] };

/** Of each word that was searched for: how often the rows have it, or what it may have meant. */
function countedIn(found: Found[], searched: QueryTerm[], columns: number): CountedForm[][] {
  const countsOf = new Map<string, Map<number, number[]>>();
  for (const { row, words, terms } of found) {
    for (const term of terms) {
      const places = placesOf(term, words);
      if (places === null) continue;
      const its = countsOf.get(term) ?? new Map<number, number[]>();
      countsOf.set(term, its);
      its.set(row, countsIn(places, columns));
    }
  }
  return searched.map(({ forms }) =>
    forms.map(({ term, weight }) => ({ weight, countsOf: countsOf.get(term) ?? new Map() })),
  );
}

/** Where a term stands in a tsvector as PostgreSQL writes it: `1A,2A,3B`; `null` where it does not. */
function placesOf(term: string, words: string): string | null {
  const sought = `${quoted(term)}:`;
  const at = words.indexOf(sought);
  // Behind a quote in the middle of another term stands no space.
  if (at === -1 || (at > 0 && words[at - 1] !== " ")) return null;
  const end = words.indexOf(" ", at);
  return words.slice(at + sought.length, end === -1 ? undefined : end);
}

/** PostgreSQL leaves out the letter of the fourth column. */
function countsIn(places: string, columns: number): number[] {
  const counts = new Array<number>(columns).fill(0);
  for (const place of places.split(",")) {
    const letter = place.charCodeAt(place.length - 1);
    const column = letter < 65 ? 3 : letter - 65;
    counts[column] = (counts[column] ?? 0) + 1;
  }
  return counts;
}
