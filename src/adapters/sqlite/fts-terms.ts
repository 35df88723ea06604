import type { DatabaseSync } from "node:sqlite";

import { ftsTokenizer } from "./fts-tokenizer.ts";

const maxRemembered = 20_000;

/**
 * What the full-text tables make of words: their stems, without accents. The tokenizer itself is
 * asked, by way of a table of this connection that nothing is kept in.
 *
 * @returns a function that gives one term for each word, in the same order.
 */
export function createTermReader(database: DatabaseSync): (words: readonly string[]) => string[] {
  database.exec(`
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING fts5 (words, tokenize = "${ftsTokenizer}");
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_terms USING fts5vocab (temp, asked, instance);
  `);
  const insert = database.prepare("INSERT INTO temp.asked (rowid, words) VALUES (1, ?)");
  const read = database.prepare("SELECT term FROM temp.asked_terms ORDER BY offset");
  const remove = database.prepare("DELETE FROM temp.asked WHERE rowid = 1");
  const remembered = new Map<string, string>();

  const termsIn = (text: string): string[] => {
    insert.run(text);
    try {
      return read.all().map(({ term }) => String(term));
    } finally {
      remove.run();
    }
  };

  return (words) => {
    const fresh = words.filter((word) => !remembered.has(word));
    if (remembered.size + fresh.length > maxRemembered) remembered.clear();
    if (fresh.length > 0) {
      const together = termsIn(fresh.join(" "));
      const isOneEach = together.length === fresh.length;
      for (const [index, word] of fresh.entries()) {
        // Where SQLite knows a letter less than we do, a word may be several terms, or none.
        const term = isOneEach ? together[index] : termsIn(word)[0];
        remembered.set(word, term ?? word);
      }
    }
    return words.map((word) => remembered.get(word) ?? word);
  };
}
