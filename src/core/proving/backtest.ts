import type { ConversationArchive } from "../learning/backfill-run.ts";
import type { Log } from "../ports.ts";
import type { Conversation, Policy } from "../types.ts";
import type { BacktestCase, CaseJudgement, DraftedCase, Label } from "./backtest-case.ts";
import type { Judge } from "./judge.ts";
import { type PastTurn, pastTurns } from "./past-turns.ts";
import { type ReplayPorts, replay, replayPolicy } from "./replay.ts";

/** What a run was started with; it goes on with the same. */
export type BacktestPlan = {
  after: number;
  until: number;
  sample: number;
  seed: number;
  model: string;
  promptHash: string;
  judgeModel: string | null;
  /** Tells whether two runs were under the same policy; absent in runs from before it was kept. */
  policyHash?: string;
};

/** One turn that was chosen, by its conversation and its newest message. */
export type ChosenTurn = { conversationId: string; basePartId: string };

/** What has been done, kept so that nothing is paid for twice. */
export type BacktestRecord = {
  chosen(): ChosenTurn[] | null;
  /** With how many conversations were looked at for them. */
  choose(turns: ChosenTurn[], looked: Looked): void;
  looked(): Looked;
  drafted(basePartId: string): DraftedCase | null;
  keepDrafted(drafted: DraftedCase): void;
  judged(basePartId: string): CaseJudgement | null;
  keepJudged(judged: CaseJudgement): void;
  label(basePartId: string): Label | null;
  keepLabels(labels: Map<string, Label>): void;
};

/** `withoutTurn`: nothing in them that a teammate answered and the service would have drafted for. */
export type Looked = { listed: number; read: number; withoutTurn: number };

export type BacktestPorts = ReplayPorts & {
  archive: Pick<ConversationArchive, "list" | "read">;
  judge: Judge | null;
  record: BacktestRecord;
  log: Log;
};

export type Progress = (step: "choosing" | "drafting", done: number, of: number) => void;

/** Of more, the search through all of them would take longer than the rest. */
const mostListed = 20_000;
/** Reading ends there, if few conversations have a turn that fits. */
const mostReadPerTurn = 5;
const parallel = 4;
/** So many in a row, and nothing more is tried. */
const mostFailures = 8;

/**
 * Chooses the turns: conversations by chance, and of each that fits one turn by chance, since several
 * turns of one are not independent.
 */
export async function chooseTurns(
  plan: BacktestPlan,
  ports: Pick<BacktestPorts, "archive" | "record">,
  policy: Policy,
  random: () => number,
  tell: Progress,
  signal: AbortSignal,
): Promise<PastTurn[]> {
  const ids = shuffled(await listed(plan, ports.archive, signal), random);
  const looked = { listed: ids.length, read: 0, withoutTurn: 0 };
  const turns: PastTurn[] = [];
  for (const id of ids.slice(0, plan.sample * mostReadPerTurn)) {
    if (turns.length >= plan.sample) break;
    const read = await ports.archive.read(id, signal);
    looked.read += 1;
    const candidates = read === null || read.isCut ? [] : turnsIn(read.conversation, policy);
    const turn = candidates[Math.floor(random() * candidates.length)];
    if (turn === undefined) looked.withoutTurn += 1;
    else turns.push(turn);
    tell("choosing", turns.length, plan.sample);
  }
  ports.record.choose(turns.map(keyOf), looked);
  return turns;
}

/** Reads again what was chosen before, as far as it is not drafted yet. */
export async function chosenBefore(
  ports: Pick<BacktestPorts, "archive" | "record">,
  policy: Policy,
  signal: AbortSignal,
): Promise<PastTurn[]> {
  const open = (ports.record.chosen() ?? []).filter(
    ({ basePartId }) => ports.record.drafted(basePartId) === null,
  );
  return readAgain(open, ports.archive, policy, signal);
}

/** The same turns of the past once more; what has gone since, or would be left to people, is left out. */
export async function readAgain(
  chosen: ChosenTurn[],
  archive: Pick<ConversationArchive, "read">,
  policy: Policy,
  signal: AbortSignal,
): Promise<PastTurn[]> {
  const turns: PastTurn[] = [];
  for (const { conversationId, basePartId } of chosen) {
    const read = await archive.read(conversationId, signal);
    const there = read === null ? [] : turnsIn(read.conversation, policy);
    turns.push(...there.filter(({ turn }) => turn.basePartId === basePartId));
  }
  return turns;
}

/**
 * Drafts and judges what is not done yet. What is done is kept at once, one by one; a run that ends
 * on the way goes on from there.
 *
 * @param mayPay asked before each turn; `false` ends the run
 */
export async function runBacktest(
  turns: PastTurn[],
  ports: BacktestPorts,
  policy: Policy,
  mayPay: () => boolean,
  tell: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { record } = ports;
  const chosen = record.chosen() ?? [];
  const open = new Map(turns.map((turn) => [turn.turn.basePartId, turn]));
  let done = 0;
  let failures = 0;
  const lost = (why: string) => {
    failures += 1;
    ports.log.warn({ why }, "no draft, to be tried again with --resume");
    if (failures >= mostFailures) throw new Error(`The model is not there: ${why}`);
  };
  const entries = chosen.values();
  const worker = async (): Promise<void> => {
    for (const { basePartId } of entries) {
      if (signal.aborted || !mayPay()) return;
      const past = open.get(basePartId);
      if (record.drafted(basePartId) === null && past !== undefined) {
        const replayed = await replay(past, ports, policy);
        if (replayed.isModelAway) {
          lost(replayed.drafted.problems[0] ?? "no answer");
          continue;
        }
        record.keepDrafted(replayed.drafted);
        failures = 0;
      }
      await judgeOne(basePartId, ports, signal);
      done += 1;
      tell("drafting", done, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** All that has been done so far, in the order in which it was chosen. */
export function casesSoFar(record: BacktestRecord): BacktestCase[] {
  return (record.chosen() ?? []).flatMap(({ basePartId }) => {
    const drafted = record.drafted(basePartId);
    if (drafted === null) return [];
    const judged = record.judged(basePartId);
    const judgement = judged !== null && "judgement" in judged ? judged.judgement : null;
    const problems =
      judged !== null && "problem" in judged
        ? [...drafted.problems, judged.problem]
        : drafted.problems;
    return [
      {
        ...drafted,
        problems,
        judgement,
        judgeTokens: judged?.tokens ?? null,
        label: record.label(basePartId),
        isJudgeTrusted: true,
      },
    ];
  });
}

async function judgeOne(
  basePartId: string,
  { judge, record, log }: BacktestPorts,
  signal: AbortSignal,
): Promise<void> {
  const drafted = record.drafted(basePartId);
  if (judge === null || drafted?.draft === null || drafted === null) return;
  if (drafted.draft.reply.trim() === "" || record.judged(basePartId) !== null) return;
  const { question, answer, draft } = drafted;
  try {
    const sources = draft.sources.map(({ title, text }) => ({ title, text }));
    const request = { question, sources, draft: draft.reply, answer };
    record.keepJudged({ basePartId, ...(await judge.judge(request, signal)) });
  } catch (error) {
    if (signal.aborted) return;
    const problem = error instanceof Error ? error.message : String(error);
    const mayHelp = error instanceof Error && "isRetryable" in error && error.isRetryable === true;
    if (mayHelp) log.warn({ problem }, "not judged, to be tried again with --resume");
    else record.keepJudged({ basePartId, problem, tokens: null });
  }
}

async function listed(
  { after, until }: BacktestPlan,
  archive: Pick<ConversationArchive, "list">,
  signal: AbortSignal,
): Promise<string[]> {
  const ids = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ConversationArchive["list"]>> = await archive.list(
      { after, until },
      cursor,
      signal,
    );
    for (const { id } of page.conversations) ids.add(id);
    cursor = page.next;
  } while (cursor !== null && ids.size < mostListed);
  // In an order of their own, so that the same seed chooses the same.
  return [...ids].sort();
}

/** Closed ones only: what is still under way may yet be answered otherwise. */
export function turnsIn(conversation: Conversation, policy: Policy): PastTurn[] {
  if (conversation.state !== "closed") return [];
  return pastTurns(conversation, replayPolicy(policy));
}

export function keyOf({ conversation, turn }: PastTurn): ChosenTurn {
  return { conversationId: conversation.id, basePartId: turn.basePartId };
}

/** Fisher and Yates. */
function shuffled<T>(items: T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
