import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../../core/ports.ts";
import type { LadderStore } from "../../core/proving/ladder-keeper.ts";
import type { Move } from "../../core/proving/ladder-moves.ts";
import { intents } from "../../core/types.ts";
import { fileVersion } from "../../lib/file-version.ts";

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const moveForm = z.object({
  topic: z.string().nullable().default(null),
  intent: z.enum(intents),
  language: z.string(),
  model: z.string(),
  promptHash: z.string().nullable(),
  to: z.enum(["asked", "automatic", "put-off", "review"]),
  at: z.number(),
  by: z.string().nullable(),
  alarms: count,
  errorLimit: share,
  evidence: z.object({
    decisions: count,
    wrong: count,
    wrongAtMost: share,
    evidence: z.number(),
    needed: z.number(),
    audits: z.object({ count, wrong: count, alarm: z.number() }),
  }),
});
const form = z.object({ moves: z.array(moveForm) });

/**
 * `ladder.json` in the folder of `DATA_DIR`: what became of topics, and who decided it. Without it no
 * topic goes out by itself; one that cannot be read is said once, kept, and counts as none.
 *
 * @param makeFolder makes the folder where it is missing
 */
export function createLadderFile(directory: string, makeFolder: () => void, log: Log): LadderStore {
  const path = join(directory, "ladder.json");
  let version: string | null = null;
  let moves: Move[] | null = [];

  function current(): Move[] | null {
    const now = fileVersion(path);
    if (now === version) return moves;
    version = now;
    moves = now === "none" ? [] : read(path, log);
    return moves;
  }

  return {
    moves: current,
    add(move) {
      const before = current();
      if (before === null) return;
      const next = form.parse({ moves: [...before, move] }).moves;
      moves = next;
      try {
        makeFolder();
        const beside = `${path}.${process.pid}.new`;
        writeFileSync(beside, `${JSON.stringify({ moves: next }, null, 2)}\n`);
        renameSync(beside, path);
        version = fileVersion(path);
      } catch (error) {
        log.error({ path, error }, "a move on the ladder is not kept over a restart");
      }
    },
  };
}

function read(path: string, log: Log): Move[] | null {
  try {
    return form.parse(JSON.parse(readFileSync(path, "utf8"))).moves;
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    log.error(
      { path, problem },
      "ladder.json cannot be read: no topic goes out by itself until it is mended or removed",
    );
    return null;
  }
}
