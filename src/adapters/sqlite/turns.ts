import type { DatabaseSync } from "node:sqlite";

import type { RememberedTurn, Whose } from "../../core/ports.ts";
import { toIndexText } from "../../lib/full-text/words.ts";
import { createFtsSearch } from "./fts-search.ts";

/** What was said in conversations; every method is one short synchronous piece of work. */
export type Turns = {
  /** Stores one; a part that is there already gets the newer text. */
  put(turn: RememberedTurn): void;
  search(query: string, whose: Whose, limit: number): { turn: RememberedTurn; score: number }[];
  ofConversation(conversationId: string): RememberedTurn[];
  /** Replies that went out by themselves and were written from that source, newest first. */
  usesOf(sourceId: string): RememberedTurn[];
  find(which: { contactId: string } | { before: number }, limit: number): RememberedTurn[];
  /** @returns whether it was there. */
  remove(turn: RememberedTurn): boolean;
  /** @returns how many were removed. */
  removeConversation(conversationId: string, partId: string | null): number;
};

export function createTurns(database: DatabaseSync): Turns {
  const fullText = createFtsSearch(database, {
    table: "turn_words",
    weights: { contact: 0, text: 1 },
  });
  const readPart = database.prepare(
    "SELECT row, text, contact_id, speaker, at FROM turn WHERE conversation_id = ? AND part_id = ?",
  );
  const insert = database.prepare(
    `INSERT INTO turn (conversation_id, part_id, contact_id, speaker, text, at)
     VALUES (?, ?, ?, ?, ?, ?) RETURNING row`,
  );
  const insertWords = database.prepare(
    "INSERT INTO turn_words (rowid, contact, text) VALUES (?, ?, ?)",
  );
  const removeRow = database.prepare("DELETE FROM turn WHERE row = ?");
  const removeWords = database.prepare("DELETE FROM turn_words WHERE rowid = ?");
  const readConversation = database.prepare(
    "SELECT * FROM turn WHERE conversation_id = ? ORDER BY at, part_id",
  );
  // A negative limit is none.
  const readContact = database.prepare("SELECT * FROM turn WHERE contact_id = ? LIMIT ?");
  const readBefore = database.prepare("SELECT * FROM turn WHERE at < ? LIMIT ?");
  // The contact is asked for here too: whatever the index finds, it is never another contact's.
  const readOfContact = database.prepare(
    "SELECT * FROM turn WHERE row = ? AND contact_id = ? AND conversation_id <> ?",
  );

  const insertUse = database.prepare(
    "INSERT OR IGNORE INTO turn_use (source_id, row) VALUES (?, ?)",
  );
  const readUsed = database.prepare("SELECT source_id FROM turn_use WHERE row = ?");
  const readUses = database.prepare(
    `SELECT turn.* FROM turn_use JOIN turn ON turn.row = turn_use.row
     WHERE source_id = ? ORDER BY at DESC, turn.row`,
  );

  const removeByRow = (row: number): void => {
    removeWords.run(row);
    removeRow.run(row);
  };

  return {
    put: (turn) => {
      const before = readPart.get(turn.conversationId, turn.partId);
      let draftedFrom = turn.draftedFrom ?? [];
      if (before !== undefined) {
        // What is read from Intercom later does not say what it was written from.
        const known = readUsed.all(Number(before.row)).map((used) => String(used.source_id));
        if (turn.draftedFrom === undefined) draftedFrom = known;
        const isSame =
          before.text === turn.text &&
          before.contact_id === turn.contactId &&
          before.speaker === turn.speaker &&
          before.at === turn.at &&
          draftedFrom.every((id) => known.includes(id));
        if (isSame) return;
        removeByRow(Number(before.row));
      }
      const inserted = insert.get(
        turn.conversationId,
        turn.partId,
        turn.contactId,
        turn.speaker,
        turn.text,
        turn.at,
      );
      const row = Number(inserted?.row);
      insertWords.run(row, turn.contactId, toIndexText(turn.text));
      for (const sourceId of draftedFrom) insertUse.run(sourceId, row);
    },
    search: (query, { contactId, inConversation }, limit) => {
      const and = `contact : "${contactId.replaceAll('"', '""')}"`;
      // The conversation under way fits itself best: as many more are asked for as it takes.
      for (let asked = limit; ; asked *= 4) {
        const hits = fullText.search(query, asked, { column: "text", and });
        const found = hits.flatMap((hit) => {
          const row = readOfContact.get(hit.row, contactId, inConversation);
          return row === undefined ? [] : [{ turn: toTurn(row), score: hit.score }];
        });
        if (found.length >= limit || hits.length < asked) return found.slice(0, limit);
      }
    },
    ofConversation: (conversationId) => readConversation.all(conversationId).map(toTurn),
    usesOf: (sourceId) => readUses.all(sourceId).map(toTurn),
    find: (which, limit) => {
      const most = Number.isFinite(limit) ? limit : -1;
      const rows =
        "contactId" in which
          ? readContact.all(which.contactId, most)
          : readBefore.all(which.before, most);
      return rows.map(toTurn);
    },
    remove: ({ conversationId, partId }) => {
      const row = readPart.get(conversationId, partId)?.row;
      if (row !== undefined) removeByRow(Number(row));
      return row !== undefined;
    },
    removeConversation: (conversationId, partId) => {
      const rows = readConversation
        .all(conversationId)
        .filter((row) => partId === null || row.part_id === partId);
      for (const row of rows) removeByRow(Number(row.row));
      return rows.length;
    },
  };
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number];

export function toTurn(row: Row): RememberedTurn {
  return {
    conversationId: String(row.conversation_id),
    partId: String(row.part_id),
    contactId: String(row.contact_id),
    speaker: row.speaker as RememberedTurn["speaker"],
    text: String(row.text),
    at: Number(row.at),
  };
}
