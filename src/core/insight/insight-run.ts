import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import type { ConversationArchive } from "../learning/backfill-run.ts";
import type { Clock } from "../ports.ts";
import { type ConversationFacts, conversationFacts } from "./conversation-facts.ts";
import { type Verdicts, verdictsIn } from "./verdict-facts.ts";

/** What the page is made of; built anew by one command. */
export type InsightData = Verdicts & {
  /** Milliseconds since 1970. */
  builtAt: number;
  since: number;
  conversations: ConversationFacts[];
  /** The remembered answers behind replies that were found wrong: the question of each, by its id. */
  memories: Record<string, string>;
};

export type InsightStore = {
  /** `null`: nothing has been built, or it is of an older version. */
  read(): InsightData | null;
  /** @throws Error of the file system */
  write(data: InsightData): void;
};

const readTimeoutMs = 120_000;
/** So many read conversations are kept at once, for a run that is ended on the way. */
const keepEvery = 200;

/**
 * Reads what has changed since it was built last from Intercom, and all verdicts from the memory.
 *
 * @throws UpstreamError when one of them cannot be read; what was read until then is kept
 */
export async function buildInsight(
  since: number,
  ports: {
    archive: Pick<ConversationArchive, "list" | "read">;
    memory: Pick<AnswerMemory, "findVerdicts" | "readAnswer">;
    store: InsightStore;
    redact(text: string): string;
    clock: Clock;
  },
  tell: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<InsightData> {
  const { archive, memory, store, redact, clock } = ports;
  const builtAt = clock();
  const before = store.read();
  const known = new Map((before?.conversations ?? []).map((one) => [one.id, one]));
  const stored = await memory.findVerdicts(
    AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)]),
  );
  const verdicts = verdictsIn(stored, false);
  const memories = await questionsOf(verdicts, memory, signal);
  const listed = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ConversationArchive["list"]>> = await archive.list(
      { after: since, until: builtAt },
      cursor,
      signal,
    );
    for (const { id, updatedAt } of page.conversations) listed.set(id, updatedAt);
    cursor = page.next;
  } while (cursor !== null);

  // What is not read anew yet counts as it was, should the run end on the way.
  const conversations = new Map([...known].filter(([id]) => listed.has(id)));
  const data = (): InsightData => {
    return { ...verdicts, memories, builtAt, since, conversations: [...conversations.values()] };
  };
  let done = 0;
  for (const [id, updatedAt] of listed) {
    if (known.get(id)?.updatedAt !== updatedAt) {
      const read = await archive.read(id, signal);
      if (read === null) conversations.delete(id);
      else conversations.set(id, conversationFacts(read.conversation, redact));
    }
    done += 1;
    tell(done, listed.size);
    if (done % keepEvery === 0) store.write(data());
  }
  store.write(data());
  return data();
}

const mostMemories = 100;
const longestQuestion = 120;

/** What is no remembered answer, such as an article, or gone, is left out. */
async function questionsOf(
  { wrong }: Verdicts,
  memory: Pick<AnswerMemory, "readAnswer">,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const ids = [...new Set(wrong.flatMap(({ draftedFrom }) => draftedFrom))].slice(0, mostMemories);
  const questions: Record<string, string> = {};
  for (const id of ids) {
    const answer = await memory.readAnswer(id, signal).catch(() => null);
    if (answer !== null) questions[id] = answer.question.slice(0, longestQuestion);
  }
  return questions;
}
