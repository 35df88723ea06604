import { wilsonInterval } from "../proving/wilson.ts";
import {
  type AskedReason,
  type ConversationFacts,
  type TurnOutcome,
  turnOutcomes,
} from "./conversation-facts.ts";
import { type GapGroup, gapGroups } from "./gap-groups.ts";
import type { VerdictFacts, Verdicts } from "./verdict-facts.ts";

/** Of so many, so many: a share that can be traced. */
export type Share = { count: number; of: number; from: number; to: number };

/** Milliseconds: half of them took no longer, nine of ten no longer. `null` where there are none. */
export type Times = { count: number; half: number; nineOfTen: number } | null;

export type Day = { day: string; outcomes: Record<TurnOutcome, number> };

export type Insight = {
  days: Day[];
  outcomes: Record<TurnOutcome, number>;
  turns: number;
  /** Of them those that were drafted for, as far as it shows: a reply or a note of ours is there. */
  drafted: number;
  conversations: number;
  /** Of the customers' turns that somebody answered: those answered by themselves. */
  automatic: Share;
  /** Of the automatic replies that people checked: those found right. */
  audited: Share;
  /** Of the drafts that people decided on: sent as they were, or with a small edit. */
  accepted: Share;
  confidence: { from: number; to: number; right: Share }[];
  firstAnswer: { by: "automatic" | "reviewed" | "teammate"; times: Times }[];
  resolution: Times;
  escalations: { turn: string; count: number }[];
  reasons: { reason: AskedReason; count: number }[];
  ratings: { whose: "automatic" | "people"; count: number; average: number | null; good: number }[];
  durable: Share & { tooYoung: number };
  said: { customer: number; teammate: number; bot: number; us: number };
  review: { decided: number; sent: number; rejected: number; takenOver: number; times: Times };
  topics: { topic: string; right: Share; audits: Share }[];
  gaps: { text: string; url: string; at: number }[];
  /** The same by what was asked, with the weeks in which it was. */
  gapGroups: GapGroup[];
  /** Replies found wrong, by who found it, and what was made of them. */
  corrections: { byAudit: number; byCustomer: number; sent: number; rejected: number };
  /** Remembered answers and articles behind them, with how many each. */
  wrongSources: { id: string; replies: number }[];
};

export type Period = { from: number; until: number; now: number };

/** After that a conversation that stayed quiet counts as resolved. */
const durableMs = 7 * 86_400_000;
const mostGaps = 15;
const confidenceBins = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01];

/** Every number of the page, for the customers' turns that began in the period. */
export function insightOf(
  conversations: ConversationFacts[],
  { verdicts, corrections, wrong }: Verdicts,
  period: Period,
): Insight {
  const isWithin = (at: number) => at >= period.from && at < period.until;
  const begun = conversations.filter(({ turns }) => turns.some(({ askedAt }) => isWithin(askedAt)));
  const turns = begun.flatMap((one) => one.turns.filter(({ askedAt }) => isWithin(askedAt)));
  const decided = verdicts.filter(({ at }) => isWithin(at));
  const audits = decided.filter(({ isAudit }) => isAudit);
  const drafts = decided.filter(({ isAudit }) => !isAudit);
  const outcomes = countOutcomes(turns);
  const answered = turns.filter(({ answeredAt }) => answeredAt !== null).length;
  const found = wrong.filter(({ at }) => isWithin(at));
  const own = corrections.filter(({ at }) => isWithin(at));
  return {
    days: daysOf(turns),
    outcomes,
    turns: turns.length,
    drafted: turns.filter(isDrafted).length,
    conversations: begun.length,
    automatic: share(outcomes.automatic, answered),
    audited: rightOf(audits),
    accepted: rightOf(drafts),
    confidence: confidenceBins.slice(0, -1).map((from, index) => {
      const to = confidenceBins[index + 1] ?? 1;
      const inside = decided.filter(({ confidence }) => confidence >= from && confidence < to);
      return { from, to: Math.min(1, to), right: rightOf(inside) };
    }),
    firstAnswer: (["automatic", "reviewed", "teammate"] as const).map((by) => ({
      by,
      times: timesOf(
        turns
          .filter(({ outcome }) => outcome === by)
          .flatMap(({ askedAt, answeredAt }) =>
            answeredAt === null ? [] : [answeredAt - askedAt],
          ),
      ),
    })),
    resolution: timesOf(
      begun.flatMap(({ turns: [first], firstClosedAt }) =>
        first === undefined || firstClosedAt === null ? [] : [firstClosedAt - first.askedAt],
      ),
    ),
    escalations: escalationsOf(begun),
    reasons: reasonsOf(turns),
    ratings: (["automatic", "people"] as const).map((whose) => ratingsOf(whose, begun)),
    durable: durableOf(begun, period.now),
    said: begun.reduce(
      (sum, { said }) => ({
        customer: sum.customer + said.customer,
        teammate: sum.teammate + said.teammate,
        bot: sum.bot + said.bot,
        us: sum.us + said.us,
      }),
      { customer: 0, teammate: 0, bot: 0, us: 0 },
    ),
    review: reviewOf(turns),
    topics: topicsOf(decided),
    gapGroups: gapGroups(
      begun.flatMap(({ gap, url, turns: [first] }) =>
        gap && first !== undefined ? [{ text: gap, url, at: first.askedAt }] : [],
      ),
    ),
    gaps: begun
      .flatMap(({ gap, url, updatedAt }) => (gap ? [{ text: gap, url, at: updatedAt }] : []))
      .sort((one, other) => other.at - one.at)
      .slice(0, mostGaps),
    corrections: {
      byAudit: found.filter(({ foundBy }) => foundBy === "audit").length,
      byCustomer: found.filter(({ foundBy }) => foundBy === "customer").length,
      sent: own.filter(({ wasSent }) => wasSent).length,
      rejected: own.filter(({ wasSent }) => !wasSent).length,
    },
    wrongSources: [
      ...Map.groupBy(
        found.flatMap(({ draftedFrom }) => draftedFrom),
        (id) => id,
      ),
    ]
      .map(([id, replies]) => ({ id, replies: replies.length }))
      .sort((one, other) => other.replies - one.replies),
  };
}

type Turns = ConversationFacts["turns"];

function share(count: number, of: number): Share {
  const { from, to } = wilsonInterval(count, of);
  return { count, of, from, to };
}

function rightOf(verdicts: VerdictFacts[]): Share {
  return share(verdicts.filter(({ isRight }) => isRight).length, verdicts.length);
}

const withoutDraft: TurnOutcome[] = ["teammate", "other-bot", "unanswered", "waiting"];

function isDrafted({ outcome, reason }: Turns[number]): boolean {
  return reason === null ? !withoutDraft.includes(outcome) : reason !== "no-draft";
}

function countOutcomes(turns: Turns): Record<TurnOutcome, number> {
  const counts = Object.fromEntries(turnOutcomes.map((name) => [name, 0]));
  for (const { outcome } of turns) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts as Record<TurnOutcome, number>;
}

function daysOf(turns: Turns): Day[] {
  const byDay = Map.groupBy(turns, ({ askedAt }) => new Date(askedAt).toISOString().slice(0, 10));
  return [...byDay]
    .map(([day, own]) => ({ day, outcomes: countOutcomes(own) }))
    .sort((one, other) => (one.day < other.day ? -1 : 1));
}

function timesOf(durations: number[]): Times {
  if (durations.length === 0) return null;
  const sorted = durations.toSorted((one, other) => one - other);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, half: at(0.5), nineOfTen: at(0.9) };
}

/** At which of the customer's turns people came in for the first time. */
function escalationsOf(conversations: ConversationFacts[]): Insight["escalations"] {
  const counts = new Map<string, number>();
  for (const { turns } of conversations) {
    const index = turns.findIndex(({ outcome }) =>
      ["teammate", "handed-over", "offered", "reviewed"].includes(outcome),
    );
    if (index === -1) continue;
    const name = index >= 3 ? "fourth or later" : (["first", "second", "third"][index] ?? "");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return ["first", "second", "third", "fourth or later"].map((turn) => {
    return { turn, count: counts.get(turn) ?? 0 };
  });
}

function reasonsOf(turns: Turns): Insight["reasons"] {
  const reasons = turns.flatMap(({ reason }) => (reason === null ? [] : [reason]));
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, own]) => ({ reason, count: own.length }))
    .sort((one, other) => other.count - one.count);
}

/** `automatic`: no person answered in it, and we did. */
function ratingsOf(
  whose: "automatic" | "people",
  conversations: ConversationFacts[],
): Insight["ratings"][number] {
  const ratings = conversations
    .filter((one) => (whose === "automatic" ? isOursAlone(one) : one.said.teammate > 0))
    .flatMap(({ rating }) => (rating === null ? [] : [rating]));
  const sum = ratings.reduce((total, rating) => total + rating, 0);
  return {
    whose,
    count: ratings.length,
    average: ratings.length === 0 ? null : sum / ratings.length,
    good: ratings.filter((rating) => rating >= 4).length,
  };
}

function isOursAlone({ turns, said }: ConversationFacts): boolean {
  return said.teammate === 0 && turns.some(({ outcome }) => outcome === "automatic");
}

/**
 * Of the conversations that automatic replies alone answered: those that were closed and in which the
 * customer said nothing more and nobody opened them for seven days after that. Younger ones, and those
 * that are still open, are not counted.
 */
function durableOf(conversations: ConversationFacts[], now: number): Insight["durable"] {
  const ours = conversations.filter((one) => isOursAlone(one));
  const isOld = ({ closedAt, isOpen, wasOpenedAgain }: ConversationFacts) =>
    wasOpenedAgain || (!isOpen && closedAt !== null && now - closedAt >= durableMs);
  const old = ours.filter(isOld);
  const stayed = old.filter(({ wasOpenedAgain }) => !wasOpenedAgain).length;
  return { ...share(stayed, old.length), tooYoung: ours.length - old.length };
}

function reviewOf(turns: Turns): Insight["review"] {
  const decided = turns.filter(({ decision }) => decision !== null);
  const count = (decision: Turns[number]["decision"]) =>
    decided.filter((turn) => turn.decision === decision).length;
  return {
    decided: decided.length,
    sent: count("sent"),
    rejected: count("rejected"),
    takenOver: count("taken-over"),
    times: timesOf(
      decided.flatMap(({ cardAt, decidedAt }) =>
        cardAt === null || decidedAt === null ? [] : [decidedAt - cardAt],
      ),
    ),
  };
}

function topicsOf(verdicts: VerdictFacts[]): Insight["topics"] {
  return [...Map.groupBy(verdicts, ({ topic }) => topic)]
    .map(([topic, own]) => ({
      topic,
      right: rightOf(own.filter(({ isAudit }) => !isAudit)),
      audits: rightOf(own.filter(({ isAudit }) => isAudit)),
    }))
    .sort((one, other) => other.right.of + other.audits.of - one.right.of - one.audits.of);
}
