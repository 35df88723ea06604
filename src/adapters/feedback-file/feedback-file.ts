import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Feedback, FeedbackStore } from "../../core/answering/feedback.ts";
import type { Log } from "../../core/ports.ts";

export const feedbackFileName = "feedback.sqlite";
const busyTimeoutMs = 2_000;

/** `feedback.sqlite` in the folder of `DATA_DIR`. What is removed is overwritten. */
export function createFeedbackFile(
  directory: string,
  makeFolder: () => void,
  log: Log,
): FeedbackStore & { close(): void } {
  const path = join(directory, feedbackFileName);
  let opened: DatabaseSync | null = null;
  let isTold = false;

  function database(): DatabaseSync {
    if (opened !== null) return opened;
    makeFolder();
    opened = new DatabaseSync(path, { timeout: busyTimeoutMs });
    opened.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA secure_delete = ON;
      CREATE TABLE IF NOT EXISTS feedback (
        base_part_id TEXT PRIMARY KEY,
        conversation_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        feedback TEXT NOT NULL
      ) STRICT;
    `);
    return opened;
  }

  return {
    keep(feedback) {
      const { basePartId, conversationId, at } = feedback;
      try {
        // A turn that is drafted anew says the same once.
        database()
          .prepare("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)")
          .run(basePartId, conversationId, at, JSON.stringify(feedback));
      } catch (error) {
        if (!isTold) log.warn({ path, error }, "feedback is not kept");
        isTold = true;
      }
    },
    list: (since) =>
      database()
        .prepare("SELECT feedback FROM feedback WHERE at >= ? ORDER BY at DESC, rowid DESC")
        .all(since)
        .map(({ feedback }): Feedback => JSON.parse(String(feedback))),
    forgetConversation(conversationId) {
      database().prepare("DELETE FROM feedback WHERE conversation_id = ?").run(conversationId);
    },
    forgetBefore(time) {
      database().prepare("DELETE FROM feedback WHERE at < ?").run(time);
    },
    close() {
      opened?.close();
      opened = null;
    },
  };
}
