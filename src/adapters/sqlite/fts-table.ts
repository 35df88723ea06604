import type { DatabaseSync } from "node:sqlite";

/** A word in more rows than this is "common"; counting further would cost as much as searching. */
const maxCounted = 6_000;
/** What is read of one term's occurrences; a word that stands more often than this tells nothing. */
const maxOccurrences = 25_000;

/** Where a term stands: `row * columns + column`, once for each time, in the order of rows. */
export type Occurrences = number[];

/** Only rows that match that FTS5 expression (ours, never input), and only words in that column. */
export type Within = { column: string; and: string };

/** What one FTS5 table knows of its own words; everything is read from its index as it is now. */
export type FtsTable = {
  columns: readonly string[];
  /**
   * How many rows there are, how many were ever written, and how many words each column has on
   * average.
   */
  statistics(): { rows: number; written: number; averageLengths: number[] };
  /** In how many rows a word stands, counted up to 6,000. */
  countRows(word: string): number;
  /** @param term as the index has it: without accents and ending (`createTermReader`). */
  occurrences(term: string): Occurrences;
  /** The same among a few rows, each row and word counted once. */
  occurrencesWithin(word: string, within: Within): Occurrences;
  /** Whether a row has a word. */
  contains(row: number, form: { word: string }): boolean;
  /** How many words each column of these rows has. */
  lengths(rows: number[]): Map<number, number[]>;
};

/**
 * @param table the FTS5 table's name and its columns in order; fixed words of ours, never input.
 */
export function openFtsTable(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
): FtsTable {
  const occurrencesTable = `${table}_occurrences`;
  // Of this connection only: https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module
  database.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${occurrencesTable}
     USING fts5vocab (main, ${table}, instance)`,
  );
  const numberOfColumn = columns.map((name, index) => `WHEN '${name}' THEN ${index}`).join(" ");
  const count = database.prepare(
    `SELECT count(*) AS rows FROM (SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT ${maxCounted})`,
  );
  // One row with all of them: a row for each would take ten times as long.
  const readOccurrences = database.prepare(
    `SELECT json_group_array(doc * ${columns.length} + CASE col ${numberOfColumn} END) AS places
     FROM (SELECT doc, col FROM temp.${occurrencesTable} WHERE term = ? LIMIT ${maxOccurrences})`,
  );
  const readRows = database.prepare(`SELECT rowid AS row FROM ${table} WHERE ${table} MATCH ?`);
  const readRow = database.prepare(
    `SELECT 1 FROM ${table} WHERE ${table} MATCH ? AND rowid = ? LIMIT 1`,
  );
  // The highest row number is read without counting; exact enough where there are many.
  const readSize = database.prepare(
    `SELECT CASE WHEN highest > ${maxCounted} THEN highest
                 ELSE (SELECT count(*) FROM ${table}_docsize) END AS rows
     FROM (SELECT coalesce(max(id), 0) AS highest FROM ${table}_docsize)`,
  );
  // What FTS5 keeps for its own bm25: rows and words, also those that were removed since.
  // https://www.sqlite.org/fts5.html#fts5_data_structures
  const readAverages = database.prepare(`SELECT block FROM ${table}_data WHERE id = 1`);
  const readLengths = database.prepare(
    `SELECT id, sz FROM ${table}_docsize WHERE id IN (SELECT value FROM json_each(?))`,
  );

  return {
    columns,
    statistics: () => {
      const [written = 0, ...words] = varintsIn(readAverages.get()?.block);
      const averageLengths = columns.map((_, index) => (words[index] ?? 0) / Math.max(1, written));
      return { rows: Number(readSize.get()?.rows ?? 0), written, averageLengths };
    },
    countRows: (word) => Number(count.get(quoted(word))?.rows ?? 0),
    occurrences: (term) => JSON.parse(String(readOccurrences.get(term)?.places ?? "[]")),
    occurrencesWithin: (word, { column, and }) => {
      const index = columns.indexOf(column);
      const rows = readRows.all(`${and} AND ${column} : ${quoted(word)}`);
      return rows.map(({ row }) => Number(row) * columns.length + index);
    },
    contains: (row, { word }) => readRow.get(quoted(word), row) !== undefined,
    lengths: (rows) =>
      new Map(
        readLengths.all(JSON.stringify(rows)).map(({ id, sz }) => [Number(id), varintsIn(sz)]),
      ),
  };
}

/** In quotes every word is a plain string to FTS5, also OR and NEAR. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/**
 * SQLite's integers of variable length: seven bits a byte, the highest first; a set eighth bit says
 * that more follow (https://www.sqlite.org/fileformat2.html#varint). None here needs nine bytes.
 */
function varintsIn(block: unknown): number[] {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of block instanceof Uint8Array ? block : []) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers;
}
