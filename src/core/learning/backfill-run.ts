import type { createConcurrencyLimit } from "../concurrency-limit.ts";
import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import type { ForgottenContacts } from "../knowledge/forgotten-contacts.ts";
import type { Clock, Log } from "../ports.ts";
import type { Conversation } from "../types.ts";
import type { BackfillOptions, Tally } from "./backfill-report.ts";
import type { Backoff } from "./backoff.ts";

/** All conversations, past ones too. Whoever implements it bounds the speed. */
export type ConversationArchive = {
  /**
   * One page of the conversations that were updated in that time (milliseconds; a second more at
   * both ends does no harm), in any order, and how many there are on all pages.
   * @throws UpstreamError
   */
  list(
    range: { after: number; until: number },
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<{ total: number; conversations: ListedConversation[]; next: string | null }>;
  /**
   * Reads one; `null` when it is gone. `isCut`: only the newest parts were given.
   * @throws UpstreamError
   */
  read(
    conversationId: string,
    signal: AbortSignal,
  ): Promise<{ conversation: Conversation; isCut: boolean } | null>;
  /** Ids of conversations that were deleted since that time. @throws UpstreamError */
  deletedSince(time: number, signal: AbortSignal): AsyncIterable<string>;
};

export type ListedConversation = { id: string; updatedAt: number };

export type BackfillPorts = {
  archive: ConversationArchive;
  memory: AnswerMemory;
  clock: Clock;
  log: Log;
  /** Waits; ends early, without an error, on the signal. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  newId(): string;
  /** What tells the ISO 639-1 code of a text's language, or `null`; loaded by the first who asks. */
  loadLanguageOf(): Promise<(text: string) => string | null>;
  /** Masks secrets in the examples of a dry run; the memory masks what it stores itself. */
  redact(text: string): string;
};

/**
 * Intercom's search may not know of the newest changes yet, and two clocks differ: what changed in
 * this time before a listing is listed again the next time.
 */
export const overlapMs = 10 * 60_000;
const attemptPausesMs = [1_000, 4_000];

/** What all steps of a run share. */
export type Run = BackfillPorts & {
  /** Of whom nothing is learnt again. */
  forgotten: ForgottenContacts;
  tally: Tally;
  options: BackfillOptions;
  signal: AbortSignal;
  /** Held when the memory says that there are too many calls. */
  backoff: Backoff;
  limited: ReturnType<typeof createConcurrencyLimit>;
};

/**
 * Tries again after a pause, twice; whoever is called has its own quick retries. Being told to call
 * less is no failure: all wait then, and go on.
 */
export async function attempted<T>(run: Run, work: () => Promise<T>): Promise<T> {
  const pausesMs = attemptPausesMs.values();
  for (;;) {
    await run.backoff.wait();
    try {
      const result = await work();
      run.backoff.accepted();
      return result;
    } catch (error) {
      run.signal.throwIfAborted();
      if (isRateLimit(error) && run.backoff.rejected()) continue;
      const pause = pausesMs.next();
      if (isFinal(error) || pause.done) throw error;
      run.log.debug({ error, pauseMs: pause.value }, "backfill step failed, trying again");
      await run.sleep(pause.value, run.signal);
    }
  }
}

function isRateLimit(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 429;
}

/** Failures of outside calls say themselves whether the same call may succeed later. */
function isFinal(error: unknown): boolean {
  return error instanceof Error && "isRetryable" in error && error.isRetryable === false;
}
