import { upperErrorBound } from "./clopper-pearson.ts";
import { alarmAt, createWatch, type Watch } from "./e-cusum.ts";
import { createEvidence, type Evidence } from "./e-process.ts";
import type { JudgedCase } from "./judged-drafts.ts";

/** What the ladder is asked about: drafts of one kind only, because nothing is known of others. */
export type LadderTerms = {
  /** At most that share of a topic's drafts may be wrong, 0 to 1. */
  errorLimit: number;
  /** How probable it may be, over all topics together, that one has earned it undeservedly. */
  delta: number;
  /** Drafts that are below it never go out by themselves; which number that is, the policy says. */
  confidenceThreshold: number;
  /** That number for a draft; `null`: it is not known. */
  surenessOf(draft: Pick<JudgedCase, "confidence" | "signals">): number | null;
  model: string;
  promptHash: string | null;
};

export type TopicStanding = {
  /** One of the policy's topics; `null`: the intent of what has none. */
  topic: string | null;
  intent: JudgedCase["intent"];
  language: string;
  /** `back-in-review`: it had earned automatic replies, and audits found too many of them wrong. */
  stands: "review" | "automatic" | "back-in-review";
  /** One of each conversation. */
  decisions: number;
  wrong: number;
  /** Clopper–Pearson for a single look: no more than that share is wrong, 0 to 1. */
  wrongAtMost: number;
  /** The e-value of what was decided since it was last in review from the start. */
  evidence: number;
  /** The e-value at which it earns automatic replies. */
  needed: number;
  /** How many decisions more that takes if none of them finds a draft wrong; 0 where it is earned. */
  stillNeeded: number;
  audits: { count: number; wrong: number; alarm: number };
  /** How often automatic replies were taken from it. */
  alarms: number;
};

export type Ladder = {
  /** The topic with most decisions first. */
  topics: TopicStanding[];
  /** Verdicts that say nothing about what would go out by itself now, by why. */
  leftOut: { sameConversation: number; otherDrafts: number; notForThreshold: number };
};

type Topic = {
  evidence: Evidence;
  watch: Watch;
  place: number | null;
  alarms: number;
  stands: TopicStanding["stands"];
  decisions: number;
  wrong: number;
  audits: { count: number; wrong: number };
} & Pick<TopicStanding, "topic" | "intent" | "language">;

/** Before that many decisions no topic can have earned anything, so until then it takes no share of δ. */
const decisionsForPlace = 30;

/**
 * Where each topic (the policy's, else the intent; and the language) stands, by what people decided about drafts on live
 * conversations, in the order in which they decided it.
 *
 * Of each conversation the first decision counts, whatever it was: several turns of one are not
 * independent. δ is spent over the topics in the order in which they reach 30 decisions: the j-th
 * gets δ/(j(j + 1)), all together δ; each time that a topic loses automatic replies again,
 * half of its share for the next try.
 *
 * @param cases oldest first
 */
export function climb(cases: JudgedCase[], terms: LadderTerms): Ladder {
  const { errorLimit, delta } = terms;
  const topics = new Map<string, Topic>();
  const decided = new Set<string>();
  const audited = new Set<string>();
  const leftOut = { sameConversation: 0, otherDrafts: 0, notForThreshold: 0 };
  let places = 0;

  for (const judged of cases) {
    const why = whyLeftOut(judged, terms);
    if (why !== null) {
      leftOut[why] += 1;
      continue;
    }
    const { conversationId, isAudit, isRight } = judged;
    const isFirst = !decided.has(conversationId);
    const isFirstAudit = isAudit && !audited.has(conversationId);
    if (!isFirst && !isFirstAudit) {
      leftOut.sameConversation += 1;
      continue;
    }
    const topic = topicOf(judged);
    if (isFirst) {
      decided.add(conversationId);
      topic.decisions += 1;
      if (!isRight) topic.wrong += 1;
      if (topic.decisions === decisionsForPlace) {
        places += 1;
        topic.place = places;
      }
    }
    const hasEarned = topic.stands === "automatic";
    if (isFirst && !hasEarned) {
      topic.evidence.add(isRight);
      if (topic.place !== null && topic.evidence.value() >= neededBy(topic)) {
        topic.stands = "automatic";
        topic.watch = createWatch(errorLimit);
      }
    }
    if (isFirstAudit) {
      audited.add(conversationId);
      topic.audits.count += 1;
      if (!isRight) topic.audits.wrong += 1;
    }
    // What has earned it and waits to be let goes on being decided about, and may lose it by that.
    if (isFirstAudit || (isFirst && hasEarned)) {
      topic.watch.add(isRight);
      if (topic.stands === "automatic" && topic.watch.value() >= alarmAt) {
        topic.stands = "back-in-review";
        topic.alarms += 1;
        topic.evidence = createEvidence(errorLimit);
      }
    }
  }
  const standings = [...topics.values()].map(standingOf);
  standings.sort((one, other) => other.decisions - one.decisions);
  return { topics: standings, leftOut };

  function topicOf({ topic: about, intent, language }: JudgedCase): Topic {
    const name = about === null ? `intent ${intent} ${language}` : `topic ${about} ${language}`;
    const known = topics.get(name);
    if (known !== undefined) return known;
    const topic: Topic = {
      topic: about,
      intent,
      language,
      evidence: createEvidence(errorLimit),
      watch: createWatch(errorLimit),
      place: null,
      alarms: 0,
      stands: "review",
      decisions: 0,
      wrong: 0,
      audits: { count: 0, wrong: 0 },
    };
    topics.set(name, topic);
    return topic;
  }

  function neededBy({ place, alarms }: Topic): number {
    const taken = place ?? places + 1;
    return (taken * (taken + 1) * 2 ** alarms) / delta;
  }

  function standingOf(topic: Topic): TopicStanding {
    const { intent, language, stands, decisions, wrong, evidence, audits, watch, place, alarms } =
      topic;
    const needed = neededBy(topic);
    const untilPlace = place === null ? decisionsForPlace - decisions : 0;
    return {
      topic: topic.topic,
      intent,
      language,
      stands,
      decisions,
      wrong,
      wrongAtMost: upperErrorBound(wrong, decisions, delta),
      evidence: Math.min(evidence.value(), Number.MAX_VALUE),
      needed,
      stillNeeded:
        stands === "automatic" ? 0 : Math.max(untilPlace, evidence.rightCasesUntil(needed)),
      audits: { ...audits, alarm: Math.min(watch.value(), Number.MAX_VALUE) },
      alarms,
    };
  }
}

function whyLeftOut(
  judged: JudgedCase,
  terms: LadderTerms,
): Exclude<keyof Ladder["leftOut"], "sameConversation"> | null {
  const { couldGoOut, model, promptHash } = judged;
  if (model !== terms.model || promptHash !== terms.promptHash) return "otherDrafts";
  const isSure = (terms.surenessOf(judged) ?? -1) >= terms.confidenceThreshold;
  return couldGoOut && isSure ? null : "notForThreshold";
}
