import type { Log } from "../ports.ts";
import type { AnswerMemory } from "./answer-memory.ts";

const atOnce = 500;
const forgetTimeoutMs = 10 * 60_000;

/**
 * Removes what contacts said and heard before that time. Answers learnt from it stay.
 *
 * @param before milliseconds since 1970
 * @returns how many turns were removed
 * @throws UpstreamError
 */
export async function forgetOldTurns(
  before: number,
  memory: Pick<AnswerMemory, "findTurns" | "forgetTurns">,
  log: Log,
): Promise<number> {
  const signal = AbortSignal.timeout(forgetTimeoutMs);
  let removed = 0;
  for (;;) {
    const turns = await memory.findTurns({ before }, atOnce, signal);
    const gone = turns.length === 0 ? 0 : await memory.forgetTurns(turns, signal);
    removed += gone;
    // A search that lags behind shows again what is gone; the next day finds the rest.
    if (gone === 0) break;
  }
  if (removed > 0)
    log.info({ removed, before: new Date(before).toISOString() }, "old turns forgotten");
  return removed;
}
