import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Log } from "../../core/ports.ts";
import type { ShadowCase, ShadowStore } from "../../core/proving/shadow.ts";

/** How long a call waits for another process that is writing. */
const busyTimeoutMs = 2_000;

export type ShadowFile = ShadowStore & { close(): void };

/**
 * `shadow.sqlite` in the folder of `DATA_DIR`: drafts that nobody saw, each with what it was compared
 * with. What is removed is overwritten. Reading and comparing throw where the file cannot be used;
 * keeping says so once and never throws.
 */
export function createShadowFile(directory: string, makeFolder: () => void, log: Log): ShadowFile {
  const path = join(directory, "shadow.sqlite");
  let opened: DatabaseSync | null = null;
  let isTold = false;

  function database(): DatabaseSync {
    if (opened !== null) return opened;
    makeFolder();
    const file = new DatabaseSync(path, { timeout: busyTimeoutMs });
    file.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA secure_delete = ON;
      CREATE TABLE IF NOT EXISTS draft (
        base_part_id TEXT PRIMARY KEY,
        conversation_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        draft TEXT NOT NULL,
        comparison TEXT
      ) STRICT;
      CREATE INDEX IF NOT EXISTS draft_by_conversation ON draft (conversation_id);
    `);
    opened = file;
    return file;
  }

  return {
    keep(draft) {
      try {
        // A turn that is looked at again keeps the draft that was first.
        database()
          .prepare(
            "INSERT OR IGNORE INTO draft (base_part_id, conversation_id, at, draft) VALUES (?, ?, ?, ?)",
          )
          .run(draft.basePartId, draft.conversationId, draft.at, JSON.stringify(draft));
      } catch (error) {
        if (!isTold) log.warn({ path, error }, "drafts in the shadow are not kept");
        isTold = true;
      }
    },
    all() {
      const rows = database().prepare("SELECT draft, comparison FROM draft ORDER BY at").all();
      return rows.map((row): ShadowCase => {
        const comparison = row.comparison === null ? null : JSON.parse(String(row.comparison));
        return { ...JSON.parse(String(row.draft)), comparison };
      });
    },
    compared(basePartId, comparison) {
      database()
        .prepare("UPDATE draft SET comparison = ? WHERE base_part_id = ?")
        .run(JSON.stringify(comparison), basePartId);
    },
    forgetConversation: (conversationId) =>
      Number(
        database().prepare("DELETE FROM draft WHERE conversation_id = ?").run(conversationId)
          .changes,
      ),
    forgetBefore(time) {
      database().prepare("DELETE FROM draft WHERE at < ?").run(time);
    },
    close() {
      opened?.close();
      opened = null;
    },
  };
}
