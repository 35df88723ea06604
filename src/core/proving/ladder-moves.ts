import type { EarnedTopic, LadderRules } from "../types.ts";
import { alarmAt } from "./e-cusum.ts";
import type { Ladder, LadderTerms, TopicStanding } from "./ladder.ts";

/** What spoke for a move when it was made; the numbers of the topic's standing then. */
export type MoveEvidence = Pick<
  TopicStanding,
  "decisions" | "wrong" | "wrongAtMost" | "evidence" | "needed" | "audits"
>;

/**
 * Something that happened to a topic on the ladder: a person was asked about it, it was let go out by
 * itself, a person put that off, or it went back to review.
 */
export type Move = EarnedTopic & {
  to: "asked" | "automatic" | "put-off" | "review";
  /** Milliseconds since 1970. */
  at: number;
  /** Who decided it; `null`: the policy, or what audits found. */
  by: string | null;
  /** How often the topic had lost automatic replies before, as far as its decisions show. */
  alarms: number;
  errorLimit: number;
  evidence: MoveEvidence;
};

/** A move that the decisions give reason for. */
export type DueMove = Move & { to: "asked" | "automatic" | "review" };

/** After "not yet" nobody is asked again before that many more decisions. */
const decisionsAfterPutOff = 50;

/**
 * The topics whose replies may go out by themselves: what a person or the policy let, under a limit
 * at least as strict as the present one, and nothing has taken back since.
 *
 * @param moves oldest first
 */
export function earnedTopics(moves: Move[], { errorLimit }: LadderRules): Move[] {
  const latest = new Map<string, Move>();
  for (const move of moves) {
    if (move.errorLimit > errorLimit) continue;
    if (move.to === "automatic" || move.to === "review") latest.set(nameOf(move), move);
  }
  return [...latest.values()].filter(({ to }) => to === "automatic");
}

/**
 * What has to be done now: ask about a topic that has earned automatic replies, or let it, and take
 * them back from one whose audits found too many of them wrong.
 *
 * @param moves what happened before, oldest first
 */
export function dueMoves(
  { topics }: Ladder,
  moves: Move[],
  { terms, promotes, at }: { terms: LadderTerms } & Pick<LadderRules, "promotes"> & { at: number },
): DueMove[] {
  const { errorLimit, model, promptHash } = terms;
  const earned = new Set(earnedTopics(moves, { errorLimit, promotes }).map(nameOf));
  return topics.flatMap((standing): DueMove[] => {
    const { topic: about, intent, language } = standing;
    const topic = { topic: about, intent, language, model, promptHash };
    const own = moves.filter(
      (move) => nameOf(move) === nameOf(topic) && move.errorLimit <= errorLimit,
    );
    const move = (to: DueMove["to"]): DueMove[] => [
      { ...topic, to, at, by: null, alarms: standing.alarms, errorLimit, evidence: standing },
    ];
    if (earned.has(nameOf(topic))) return isLost(standing, own) ? move("review") : [];
    if (standing.stands !== "automatic" || isTakenBack(standing, own)) return [];
    if (promotes === "alone") return move("automatic");
    return isAskedAlready(standing, own) ? [] : move("asked");
  });
}

/** The move that a person's answer to a card makes; `null`: there is nothing to decide any more. */
export function answeredMove(
  { topics }: Ladder,
  moves: Move[],
  answer: { topic: EarnedTopic; to: "automatic" | "put-off"; by: string; at: number },
  terms: LadderTerms,
): Move | null {
  const { topic, to, by, at } = answer;
  const { errorLimit, model, promptHash } = terms;
  if (topic.model !== model || topic.promptHash !== promptHash) return null;
  const earned = earnedTopics(moves, { errorLimit, promotes: "asks" });
  if (earned.some((one) => nameOf(one) === nameOf(topic))) return null;
  const standing = topics.find((one) => nameOf({ ...one, model, promptHash }) === nameOf(topic));
  if (standing?.stands !== "automatic") return null;
  return { ...topic, to, at, by, alarms: standing.alarms, errorLimit, evidence: standing };
}

/** Since it was let: the alarm went off, by the decisions that are still remembered or by audits alone. */
function isLost({ alarms, audits, stands }: TopicStanding, moves: Move[]): boolean {
  const last = moves.findLast(({ to }) => to === "automatic");
  if (last !== undefined && alarms > last.alarms) return true;
  return stands !== "automatic" && audits.alarm >= alarmAt;
}

/** It went back, and the decisions that took it back are forgotten: it does not rise by that. */
function isTakenBack({ alarms }: TopicStanding, moves: Move[]): boolean {
  return alarms < moves.filter(({ to }) => to === "review").length;
}

function isAskedAlready({ alarms, decisions }: TopicStanding, moves: Move[]): boolean {
  const asked = moves.findLast(({ to }) => to === "asked" || to === "put-off");
  if (asked === undefined || asked.alarms < alarms) return false;
  if (asked.to === "asked") return true;
  return decisions < asked.evidence.decisions + decisionsAfterPutOff;
}

function nameOf({ topic, intent, language, model, promptHash }: EarnedTopic): string {
  return JSON.stringify([topic, topic === null ? intent : "", language, model, promptHash]);
}
