import {
  createVocabulary,
  type GrowingVocabulary,
  type Vocabulary,
} from "../../lib/full-text/vocabulary.ts";
import type { Database } from "./database.ts";

const readAtOnce = 10_000;
/** Where there are fewer rows, reading again costs next to nothing. */
const fewRows = 2_000;
const longestMs = 20_000;

/**
 * Reads a table's own words, and again once a quarter as many rows were written since: of a large
 * table beside the searches, none of which waits for it; of a small one at every change, within the
 * search that found it changed.
 *
 * @returns a function that is told how many rows there are and how many were ever written, and gives
 *   what serves now
 */
export function createVocabularyReader(
  database: Database,
  table: string,
): (counted: { rows: number; written: number }) => Promise<Vocabulary> {
  let served = createVocabulary();
  let writtenWhenRead: number | null = null;
  let reading: Promise<void> | null = null;

  const readAll = async (into: GrowingVocabulary): Promise<void> => {
    let upTo = "";
    while (true) {
      const rows = await database.ask("vocabulary", AbortSignal.timeout(longestMs), (sql) =>
        sql.query(
          `SELECT term, rows FROM ${database.schema}.vocabulary
           WHERE searched = $1 AND term > $2 AND rows > 0 ORDER BY term LIMIT ${readAtOnce}`,
          [table, upTo],
        ),
      );
      for (const { term, rows: count } of rows) into.add(String(term), Number(count));
      if (rows.length < readAtOnce) return;
      upTo = String(rows.at(-1)?.term);
    }
  };

  const readAgain = async (written: number): Promise<void> => {
    const terms = createVocabulary();
    // Nothing to serve yet, so what is being read serves already.
    if (writtenWhenRead === null) served = terms;
    await readAll(terms);
    served = terms;
    writtenWhenRead = written;
  };

  return async ({ rows, written }) => {
    const known = writtenWhenRead ?? -1;
    const isRead = written === known || (rows > fewRows && written <= known * 1.25);
    if (!isRead) {
      reading ??= readAgain(written)
        // The next search tries again; this one guesses at less.
        .catch(() => {})
        .finally(() => {
          reading = null;
        });
      if (rows <= fewRows) await reading;
    }
    return served;
  };
}
