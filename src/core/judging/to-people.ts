import type { Facts } from "../facts.ts";
import type { Escalation } from "../policy.ts";
import type { Conversation, Decision, Draft, Policy, Turn } from "../types.ts";
import { unknown } from "../unknown.ts";
import { holds } from "./conditions.ts";
import { escalationFor } from "./escalations.ts";
import { factsOf } from "./facts-of.ts";
import { handOffSentence, offerSentence } from "./hand-off-sentences.ts";
import { acceptedOffer, type Begun, wasOffered } from "./hand-off-state.ts";
import { modeFor } from "./mode.ts";
import { hoursFor } from "./office-hours.ts";
import { missingFactsRule } from "./overdue-facts.ts";
import type { TurnStanding } from "./standing.ts";

type About = {
  conversation: Conversation;
  turn: Turn;
  standing: TurnStanding;
  facts: Facts;
  policy: Policy;
  draft: Draft | null;
  /** Replies go out by themselves here. */
  isAutomatic: boolean;
};

/** Nothing was drafted that says more than that a person must answer. */
const withoutWords: Decision["reason"][] = ["no-draft", "empty-draft"];

/**
 * The hand-off or the offer that this decision becomes, or `null`: then a rule may still ask people
 * about the draft.
 *
 * Nothing is said to a customer where replies do not go out by themselves, who has waited for long,
 * or whom a teammate had taken.
 */
export function toPeople(decision: Decision, about: About): Decision | null {
  const { conversation, turn, standing, facts, policy, draft, isAutomatic } = about;
  if (!isAutomatic || policy.isDailyLimitSpent || standing.isLeftByTeammate) return null;
  if (standing.waitedMs > policy.automaticReplyMaxAgeMs) return null;

  const accepted = acceptedOffer(conversation, turn);
  // Whatever the model makes of a "yes".
  if (accepted !== null) {
    return { ...handOff(accepted, policy, conversation), reason: "offer-accepted" };
  }

  const isPossible =
    decision.action === "reply" ||
    decision.action === "review" ||
    withoutWords.includes(decision.reason);
  if (!isPossible) return null;
  const escalation = escalationFor(policy.rules.escalate, facts);
  const target = escalation?.to ?? policy.handOffTo;
  // What may fit, as far as can be said, is for people to look at.
  if (escalation === null || target === null || holds(escalation.when, facts) !== "yes")
    return null;
  const begun = { rule: escalation.name, target, language: draft?.language ?? "en" };
  if (escalation.step === "at-once") {
    return handOff({ action: "hand-off", ...begun }, policy, conversation);
  }
  if (escalation.step !== "offer-first" || wasOffered(conversation)) return null;
  return offer({ action: "offer", ...begun });
}

/** What was begun and is not done yet, as a decision. */
export function goingOn(
  begun: Begun,
  policy: Policy,
  { conversation, turn }: { conversation: Conversation; turn: Turn },
): Decision {
  if (begun.action === "offer") return offer(begun);
  const decision = handOff(begun, policy, conversation);
  if (begun.rule !== missingFactsRule) return decision;
  // It follows from waiting, and not from what the customer wrote: only where replies go out by
  // themselves are they told of it.
  const { mode } = modeFor(policy, factsOf(conversation, turn, null));
  return mode === "auto" ? decision : { ...decision, told: null };
}

function handOff(
  { rule, target, language }: Begun,
  { rules, officeHours }: Policy,
  { readAt, schedules = unknown }: Conversation,
) {
  // The hours of those who take over are what the customer can expect.
  const team = target.type === "team" ? target.id : null;
  const hours = officeHours === null ? unknown : hoursFor(officeHours, team, schedules);
  const known = hours === unknown ? null : hours;
  const told = handOffSentence(tellOf(rules.escalate, rule), language, known, readAt);
  return { action: "hand-off", reason: "escalated", rule, target, told, language } as const;
}

function offer({ rule, target, language }: Begun): Decision {
  const told = offerSentence(language);
  return { action: "offer", reason: "escalated", rule, target, told, language };
}

function tellOf(rules: Escalation[], rule: string): Escalation["tell"] {
  return rules.find(({ name }) => name === rule)?.tell ?? null;
}
