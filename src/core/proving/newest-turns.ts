import type { ConversationArchive } from "../learning/backfill-run.ts";
import type { Policy } from "../types.ts";
import { turnsIn } from "./backtest.ts";
import type { PastTurn } from "./past-turns.ts";

const dayMs = 24 * 60 * 60_000;
/** Days back, each looked at only if those before had too few. */
const reaches = [1, 3, 7, 21, 60, 180, 730, 3650];
/** Reading ends there, if few conversations have a turn that fits. */
const mostReadPerTurn = 5;

/**
 * One turn by chance from each of the newest conversations that a teammate closed, the newest first.
 *
 * @throws UpstreamError, or the signal's reason when aborted
 */
export async function newestTurns(
  count: number,
  { archive, clock }: { archive: Pick<ConversationArchive, "list" | "read">; clock(): number },
  policy: Policy,
  random: () => number,
  tell: (found: number) => void,
  signal: AbortSignal,
): Promise<{ turns: PastTurn[]; looked: { listed: number; read: number; withoutTurn: number } }> {
  const now = clock();
  const turns: PastTurn[] = [];
  const seen = new Set<string>();
  const looked = { listed: 0, read: 0, withoutTurn: 0 };
  let until = now;
  for (const days of reaches) {
    const after = now - days * dayMs;
    const fresh = (await listedIn({ after, until }, archive, signal)).filter(({ id }) => {
      return !seen.has(id);
    });
    looked.listed += fresh.length;
    for (const { id } of fresh) {
      seen.add(id);
      if (turns.length >= count || looked.read >= count * mostReadPerTurn) return { turns, looked };
      const read = await archive.read(id, signal);
      looked.read += 1;
      const candidates = read === null || read.isCut ? [] : turnsIn(read.conversation, policy);
      const turn = candidates[Math.floor(random() * candidates.length)];
      if (turn === undefined) looked.withoutTurn += 1;
      else turns.push(turn);
      tell(turns.length);
    }
    until = after;
  }
  return { turns, looked };
}

async function listedIn(
  range: { after: number; until: number },
  archive: Pick<ConversationArchive, "list">,
  signal: AbortSignal,
) {
  const found: { id: string; updatedAt: number }[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ConversationArchive["list"]>> = await archive.list(
      range,
      cursor,
      signal,
    );
    found.push(...page.conversations);
    cursor = page.next;
  } while (cursor !== null);
  return found.sort((one, other) => other.updatedAt - one.updatedAt);
}
