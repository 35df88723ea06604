import { isBlank } from "../blank.ts";
import { isSurelyFor } from "../for-whom.ts";
import type { Decision, Drafting, Policy } from "../types.ts";
import { isOfTopic } from "./earned-topic.ts";
import { repeatsPrompt } from "./prompt-words.ts";
import type { TurnStanding } from "./standing.ts";
import { surenessOf } from "./sureness.ts";

/** What becomes of a draft, by its own fields and by how its turn stands. */
export function decide(drafting: Drafting, policy: Policy, standing: TurnStanding): Decision {
  if ("noDraft" in drafting) return { action: "note", reason: "no-draft" };
  const { draft } = drafting;
  const sureness = surenessOf(draft, policy);
  const isConfident = sureness !== null && sureness >= policy.confidenceThreshold;

  if (isBlank(draft.reply)) {
    if (draft.intent === "spam") return { action: "note", reason: "taken-for-spam" };
    const isSure = isConfident && !draft.needsHuman && standing.unseen === null;
    if (draft.intent === "thanks" && isSure) {
      return { action: "stay-quiet", reason: "no-answer-needed" };
    }
    return { action: "note", reason: "empty-draft" };
  }
  if (policy.replyMode === "note") return { action: "note", reason: "note-mode" };

  // First, because whoever reviews must look at what the draft was written without.
  if (standing.unseen !== null) return { action: "review", reason: standing.unseen };
  // Before the model's own wish for a person: whoever reviews can look it up themselves.
  if ((draft.failedLookups ?? []).length > 0) return { action: "review", reason: "lookup-failed" };
  if (draft.needsHuman) return { action: "review", reason: "needs-human" };
  if (draft.unknownLinks.length > 0) return { action: "review", reason: "unknown-link" };
  if (repeatsPrompt(draft.reply, draft.origin.prompt.system)) {
    return { action: "review", reason: "repeats-prompt" };
  }
  if (draft.usedSources.some((source) => source.isInternal)) {
    return { action: "review", reason: "internal-source" };
  }
  const asker = standing.asker ?? {};
  if (draft.usedSources.some(({ forWhom }) => !isSurelyFor(forWhom, asker))) {
    return { action: "review", reason: "for-whom-unknown" };
  }
  if (policy.claimCheck === "review" && (draft.unsupported ?? []).length > 0) {
    return { action: "review", reason: "unsupported-claim" };
  }
  if (draft.usedSources.some((source) => source.outdated !== undefined)) {
    return { action: "review", reason: "outdated-answer" };
  }
  if (policy.claimCheck === "review" && draft.support !== undefined && !draft.support.holds) {
    return { action: "review", reason: draft.support.holds === null ? "not-checked" : "doubted" };
  }
  // Spam is not answered; where the model wrote an answer nevertheless, a person looks.
  if (draft.intent === "spam") return { action: "review", reason: "taken-for-spam" };
  if (sureness === null) return { action: "review", reason: "not-calibrated" };
  if (!isConfident) return { action: "review", reason: "low-confidence" };
  if (standing.isAskedFor) return { action: "review", reason: "asked-for" };
  // Writing "hello?" must not turn a draft that people are looking at into an automatic reply.
  if (standing.isWithPeople) return { action: "review", reason: "with-people" };
  if (standing.isLeftByTeammate) return { action: "review", reason: "teammate-silent" };
  if (standing.repliesSoFar >= policy.maxAutomaticReplies) {
    return { action: "review", reason: "many-replies" };
  }
  if (standing.waitedMs > policy.automaticReplyMaxAgeMs)
    return { action: "review", reason: "waited-long" };
  if (policy.isDailyLimitSpent) return { action: "review", reason: "daily-limit" };
  if (policy.replyMode === "review") return { action: "review", reason: "review-mode" };
  if (policy.ladder !== null && !policy.earnedTopics.some((topic) => isOfTopic(draft, topic))) {
    return { action: "review", reason: "not-earned" };
  }
  return { action: "reply", reason: "confident" };
}
