import type { LeftOut } from "./question-answer-pairs.ts";

/** Which conversations to learn from; nothing given means everything that is new or changed. */
export type BackfillOptions = {
  /** Only what was updated since then, in milliseconds since 1970; also what was learnt before. */
  since: number | null;
  /** Only what was updated until then. */
  until: number | null;
  /** At most so many conversations, those that changed longest ago first. */
  limit: number | null;
  /** Stores nothing, and shows examples of what would be stored. */
  dryRun: boolean;
};

/** How a run is going, or went; shown as it is to operators. */
export type BackfillReport = {
  id: string;
  state: "running" | "done" | "stopped" | "failed";
  /** ISO 8601. */
  startedAt: string;
  finishedAt: string | null;
  options: { since: string | null; until: string | null; limit: number | null; dryRun: boolean };
  conversations: {
    /** In the range when the run began; those that changed meanwhile come on top. */
    found: number;
    read: number;
    /** Of which Intercom gave only the newest 500 parts. */
    cut: number;
    /** Deleted in Intercom, and therefore here. */
    deleted: number;
    /** Could not be read or stored; tried again by the next run. */
    failed: number;
    failedIds: string[];
  };
  stored: { turns: number; answers: number };
  /** Memories of what was redacted or removed in Intercom. */
  removed: number;
  /** Why parts and answers are not in the catalogue, with how many. */
  leftOut: LeftOut;
  conversationsPerSecond: number;
  secondsLeft: number | null;
  lastError: string | null;
  /** Of a dry run: what would be stored. */
  examples: { conversationId: string; question: string; answer: string }[];
};

const shownExamples = 10;
const shownFailures = 20;

/** What a run counts while it goes. */
export type Tally = {
  report(): BackfillReport;
  found(total: number): void;
  read(counts: { isCut: boolean; turns: number; answers: number; leftOut: LeftOut }): void;
  removed(memories: number): void;
  deleted(): void;
  failed(conversationId: string, error: unknown): void;
  example(example: BackfillReport["examples"][number]): void;
  end(state: "done" | "stopped" | "failed", error?: unknown): void;
};

export function createTally(id: string, options: BackfillOptions, clock: () => number): Tally {
  const startedAt = clock();
  const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  const report: BackfillReport = {
    id,
    state: "running",
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: null,
    options: { ...options, since: iso(options.since), until: iso(options.until) },
    conversations: { found: 0, read: 0, cut: 0, deleted: 0, failed: 0, failedIds: [] },
    stored: { turns: 0, answers: 0 },
    removed: 0,
    leftOut: {},
    conversationsPerSecond: 0,
    secondsLeft: null,
    lastError: null,
    examples: [],
  };
  const { conversations, stored, leftOut, examples } = report;

  return {
    report: () => structuredClone({ ...report, ...speed() }),
    found: (total) => {
      conversations.found = total;
    },
    read: (counts) => {
      conversations.read += 1;
      conversations.found = Math.max(conversations.found, conversations.read);
      if (counts.isCut) conversations.cut += 1;
      stored.turns += counts.turns;
      stored.answers += counts.answers;
      for (const [reason, count] of Object.entries(counts.leftOut)) {
        const key = reason as keyof LeftOut;
        leftOut[key] = (leftOut[key] ?? 0) + count;
      }
    },
    removed: (memories) => {
      report.removed += memories;
    },
    deleted: () => {
      conversations.deleted += 1;
    },
    failed: (conversationId, error) => {
      conversations.failed += 1;
      if (conversations.failedIds.length < shownFailures) {
        conversations.failedIds.push(conversationId);
      }
      report.lastError = inWords(error);
    },
    example: (example) => {
      if (examples.length < shownExamples) examples.push(example);
    },
    end: (state, error) => {
      report.state = state;
      report.finishedAt = new Date(clock()).toISOString();
      if (error !== undefined) report.lastError = inWords(error);
    },
  };

  function speed() {
    const until = report.finishedAt === null ? clock() : Date.parse(report.finishedAt);
    const seconds = Math.max(0.001, (until - startedAt) / 1000);
    const perSecond = conversations.read / seconds;
    const wanted = Math.min(conversations.found, options.limit ?? Number.POSITIVE_INFINITY);
    const left = Math.max(0, wanted - conversations.read);
    const isOver = report.state !== "running";
    return {
      conversationsPerSecond: Math.round(perSecond * 10) / 10,
      secondsLeft: isOver || perSecond === 0 ? null : Math.round(left / perSecond),
    };
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A report as one line of the log. */
export function inShort(report: BackfillReport): object {
  const { id, conversations, stored, removed, leftOut, ...rest } = report;
  const { conversationsPerSecond, secondsLeft, lastError } = rest;
  const { failedIds: _named, ...counts } = conversations;
  return {
    id,
    ...counts,
    ...stored,
    removed,
    leftOut,
    conversationsPerSecond,
    secondsLeft,
    lastError,
  };
}
