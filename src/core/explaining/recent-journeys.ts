import type { Clock } from "../ports.ts";
import type {
  Hint,
  JourneyReport,
  LeftOutSource,
  Outcome,
  QuietReason,
  Recall,
  Source,
} from "../types.ts";

const maxLooks = 500;
/** Several notifications lead to one look; those that lead to none are worth keeping too. */
const maxHints = 2_000;
/** Enough to see what goes wrong; of a long outage all say the same. */
const maxFailed = 20;

/** That something told us to look at a conversation. */
export type KnownHint = {
  conversationId: string;
  from: Hint["from"];
  partId: string | null;
  /** Milliseconds since 1970, by this machine. */
  at: number;
};

/** What one look at a conversation came to; no word of a customer is in it. */
export type KnownLook = {
  conversationId: string;
  from: Hint["from"];
  startedAt: number;
  endedAt: number;
  basePartId: string | null;
  /** What was recalled, by kind; `null` where nothing was asked. */
  recalled: {
    answers: number;
    articles: number;
    conversations: number;
    failures: string[];
    /** What fitted and is for others; unset: nothing. */
    leftOut?: LeftOutSource[];
  } | null;
  /** Of the draft, 0 to 1; `null` where there was none. */
  confidence: number | null;
  /** Why there was no draft although one was wanted. */
  noDraft: string | null;
  decision: JourneyReport["decision"];
  outcome: KnownOutcome;
  steps: { name: string; durationMs: number }[];
};

export type KnownOutcome =
  | { kind: Exclude<Outcome["kind"], "quiet" | "refused"> }
  | { kind: "quiet"; reason: QuietReason; rule?: string }
  | { kind: "refused"; explanation: string }
  /** An error ended it; the conversation is looked at again. */
  | { kind: "broke-off"; explanation: string };

export type KnownOf = { hints: KnownHint[]; looks: KnownLook[] };

/** What this process remembers of its latest looks, for whoever asks why. It ends with the process. */
export type RecentJourneys = {
  /** Since when it remembers, in milliseconds since 1970 by this machine. */
  since: number;
  hinted(hint: Hint): void;
  ended(report: JourneyReport): void;
  brokeOff(hint: Hint, startedAt: number, why: unknown): void;
  /** What is remembered of one conversation, oldest first. */
  of(conversationId: string): KnownOf;
  /** Conversations whose latest look was ended by an error, newest first. */
  failed(): FailedLook[];
};

/** A look that an error ended, with what the error says of service, call and result. */
export type FailedLook = { conversationId: string; at: string; why: string };

export function createRecentJourneys(clock: Clock): RecentJourneys {
  const hints = createRing<KnownHint>(maxHints);
  const looks = createRing<KnownLook>(maxLooks);
  return {
    since: clock(),
    hinted({ conversationId, from, partId }) {
      hints.add({ conversationId, from, partId, at: clock() });
    },
    ended: (report) => looks.add(lookOf(report, clock())),
    brokeOff({ conversationId, from }, startedAt, why) {
      const explanation = why instanceof Error ? why.message : "an unknown error";
      const nothing = { basePartId: null, recalled: null, confidence: null, noDraft: null };
      const outcome = { kind: "broke-off", explanation } as const;
      looks.add({
        ...{ conversationId, from, startedAt, endedAt: clock() },
        ...nothing,
        ...{ decision: null, outcome, steps: [] },
      });
    },
    of(conversationId) {
      const ofIt = (one: { conversationId: string }) => one.conversationId === conversationId;
      return { hints: hints.all().filter(ofIt), looks: looks.all().filter(ofIt) };
    },
    failed() {
      const latest = new Map(looks.all().map((look) => [look.conversationId, look]));
      return [...latest.values()]
        .flatMap(({ conversationId, endedAt, outcome }) =>
          outcome.kind === "broke-off"
            ? [{ conversationId, endedAt, why: outcome.explanation }]
            : [],
        )
        .sort((one, other) => other.endedAt - one.endedAt)
        .slice(0, maxFailed)
        .map(({ endedAt, ...failed }) => ({ ...failed, at: new Date(endedAt).toISOString() }));
    },
  };
}

function lookOf(report: JourneyReport, endedAt: number): KnownLook {
  const { conversationId, from, startedAt, turn, recall, drafting, decision, outcome } = report;
  const draft = drafting !== null && "draft" in drafting ? drafting.draft : null;
  return {
    conversationId,
    from,
    startedAt,
    endedAt,
    basePartId: turn?.basePartId ?? null,
    recalled: recall === null ? null : recalledIn(recall),
    confidence: draft?.confidence ?? null,
    noDraft: drafting !== null && "noDraft" in drafting ? drafting.noDraft.explanation : null,
    decision,
    outcome:
      outcome.kind === "quiet" || outcome.kind === "refused" ? outcome : { kind: outcome.kind },
    steps: report.steps.map(({ name, durationMs }) => ({ name, durationMs })),
  };
}

function recalledIn({ sources, failures, leftOut }: Recall): KnownLook["recalled"] {
  return { ...countOf(sources), failures, ...(leftOut === undefined ? {} : { leftOut }) };
}

function countOf(sources: { kind: Source["kind"] }[]) {
  const count = (kind: string) => sources.filter((source) => source.kind === kind).length;
  return {
    answers: count("answer") + count("saved-reply"),
    articles: count("article"),
    conversations: count("conversation"),
  };
}

/** Keeps the newest; adding costs the same however many there are. */
function createRing<Entry>(max: number) {
  const entries: Entry[] = [];
  let next = 0;
  return {
    add(entry: Entry) {
      entries[next] = entry;
      next = (next + 1) % max;
    },
    /** Oldest first. */
    all: (): Entry[] => [...entries.slice(next), ...entries.slice(0, next)],
  };
}
