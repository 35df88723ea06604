import { forWhomOfAll } from "../for-whom.ts";
import { partsDecidedByPeople } from "../knowledge/forgotten-answers.ts";
import { isOfForgotten } from "../knowledge/forgotten-contacts.ts";
import type { Conversation } from "../types.ts";
import type { Progress } from "./backfill-progress.ts";
import { attempted, type Run } from "./backfill-run.ts";
import { type Learnt, learnFrom } from "./question-answer-pairs.ts";
import { staleMemories } from "./stale-memories.ts";

/** So many failures in a row, with no success between them, are not the conversations' fault. */
const failuresInARow = 20;

/** One conversation, from reading to storing; one that cannot be had is put aside by its id. */
export async function learnFromOne(id: string, run: Run, progress: Progress): Promise<void> {
  const { tally, log, signal } = run;
  try {
    await learnFromParts(id, run);
    progress.succeeded(id);
  } catch (error) {
    signal.throwIfAborted();
    tally.failed(id, error);
    log.warn({ conversationId: id, error }, "conversation put aside, to be tried again");
    if (progress.failed(id) >= failuresInARow) throw error;
  }
}

async function learnFromParts(id: string, run: Run): Promise<void> {
  const { archive, tally, options, loadLanguageOf, redact } = run;
  const read = await attempted(run, () => archive.read(id, run.signal));
  if (read === null) {
    if (!options.dryRun) await forget(id, run);
    return;
  }
  const { conversation, isCut } = read;
  if (isOfForgotten(conversation, run.forgotten)) return;
  const learnt = learnFrom(conversation, await loadLanguageOf());
  if (options.dryRun) {
    for (const { question, answer } of learnt.answers) {
      tally.example({ conversationId: id, question: redact(question), answer: redact(answer) });
    }
  } else {
    tally.removed(
      await attempted(run, () => run.limited(() => store(conversation, learnt, isCut, run))),
    );
  }
  const { turns, answers, leftOut } = learnt;
  tally.read({ isCut, turns: turns.length, answers: answers.length, leftOut });
}

/** Repeatable as a whole. @returns how many memories were removed because they are stale. */
async function store(
  conversation: Conversation,
  learnt: Learnt,
  isCut: boolean,
  { memory, signal }: Run,
): Promise<number> {
  const stored = await memory.findConversation(conversation.id, signal);
  const stale = staleMemories(stored, conversation, learnt, isCut);
  let removed = 0;
  for (const partId of stale.partIds) {
    removed += await memory.forgetConversation(conversation.id, partId, signal);
  }
  for (const answerId of stale.answerIds) {
    if (await memory.forgetAnswer(answerId, signal)) removed += 1;
  }
  if (learnt.turns.length > 0) await memory.rememberTurns(learnt.turns, signal);
  const decided = partsDecidedByPeople(stored.answers);
  // A teammate's own words may say what the refused draft's source is for.
  const forWhom = forWhomOfAll(stored.answers.filter(({ verdict }) => verdict !== undefined));
  const answers = learnt.answers
    .filter(({ partId }) => partId === null || !decided.has(partId))
    .map((answer) => (forWhom === undefined ? answer : { ...answer, forWhom }));
  if (answers.length > 0) await memory.rememberAnswers(answers, signal);
  return removed;
}

/** Removes everything of a conversation that is no longer there. */
export async function forget(id: string, run: Run): Promise<void> {
  const { memory, tally, signal } = run;
  const removed = await attempted(run, () => memory.forgetConversation(id, null, signal));
  tally.removed(removed);
  if (removed > 0) tally.deleted();
}
