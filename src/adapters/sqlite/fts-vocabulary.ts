import type { DatabaseSync } from "node:sqlite";

import {
  createVocabulary,
  type GrowingVocabulary,
  type Vocabulary,
} from "../../lib/full-text/vocabulary.ts";

/**
 * What one search may spend on reading words, in rows that they stand in: some 8 ms. A help center
 * is read at once; of 100,000 answers the first 80 searches read a part each.
 */
const rowsReadAtOnce = 100_000;
/** Where fewer rows were written, reading again costs next to nothing. */
const fewRows = 2_000;

/**
 * Reads a table's own words, bit by bit, and again once a quarter as many rows were written since,
 * in a small table at every change; until then what was read before serves.
 *
 * @param table the table's name; a fixed word of ours, never input.
 * @param countWritten how many rows were ever written to it.
 * @returns a function that reads on, as far as one search may take, and gives what serves now.
 */
export function createVocabularyReader(
  database: DatabaseSync,
  table: string,
  countWritten: () => number,
): () => Vocabulary {
  database.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table}_terms USING fts5vocab (main, ${table}, row)`,
  );
  const read = database.prepare(
    `SELECT term, doc FROM temp.${table}_terms WHERE term > ? ORDER BY term`,
  );
  let served = createVocabulary();
  let reading: { upTo: string; terms: GrowingVocabulary; written: number } | null = null;
  let writtenWhenRead: number | null = null;

  const readOn = (): void => {
    if (reading === null) {
      const written = countWritten();
      const known = writtenWhenRead ?? -1;
      if (written === known || (written > fewRows && written <= known * 1.25)) return;
      reading = { upTo: "", terms: createVocabulary(), written };
      // Nothing to serve yet, so what is being read serves already.
      if (writtenWhenRead === null) served = reading.terms;
    }
    let left = rowsReadAtOnce;
    for (const { term, doc } of read.iterate(reading.upTo)) {
      reading.upTo = String(term);
      reading.terms.add(reading.upTo, Number(doc));
      left -= Number(doc);
      if (left <= 0) return;
    }
    served = reading.terms;
    writtenWhenRead = reading.written;
    reading = null;
  };

  return () => {
    readOn();
    return served;
  };
}
