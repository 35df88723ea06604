import { isBlank } from "../../core/blank.ts";
import { decideByRules } from "../../core/judging/decide-by-rules.ts";
import { explainOutcome } from "../../core/judging/wording.ts";
import { explanationWithAdvice } from "../../core/no-draft.ts";
import { basisOf } from "../../core/reviewing/draft-basis.ts";
import type { PendingReview } from "../../core/reviewing/review-standing.ts";
import type { Conversation, Draft, JourneyReport, Policy, Turn } from "../../core/types.ts";
import { draftView } from "./draft-view.ts";
import type { DraftView, Mode } from "./protocol.ts";
import { modelFailed, sentences } from "./wording.ts";

/** What the page shows of a turn that came to an end; drafts get their id when they are shown. */
export type Conclusion =
  | { kind: "nothing-new" }
  | { kind: "notice"; text: string; draft: NewDraftView | null }
  | { kind: "no-draft"; message: string; canRetry: boolean }
  /** Manual: a person decides first. */
  | { kind: "ask"; draft: NewDraftView; review: PendingReview }
  /** Automatic: shown as sent; without an id it was not, and production would not have. */
  | { kind: "say"; text: string; draft: NewDraftView; replyId: string | null };

type NewDraftView = Omit<DraftView, "id" | "state">;

/**
 * What to show of a journey.
 *
 * @param context.mode the mode in which it began
 * @param context.policy production's own, by which the draft is labelled
 * @param context.conversation as it is now, which rules of the policy file look at
 * @param context.isFirstLook nothing has been answered here yet, so that silence needs a reason
 */
export function conclusionOf(
  report: JourneyReport,
  context: {
    mode: Mode;
    policy: Policy;
    conversation: Conversation;
    now: number;
    isFirstLook: boolean;
  },
): Conclusion {
  const { drafting, outcome, turn } = report;
  const explanation = `${explainOutcome(outcome)}.`;
  if (drafting === null || turn === null) {
    return isNews(report, context.isFirstLook)
      ? { kind: "notice", text: explanation, draft: null }
      : { kind: "nothing-new" };
  }
  if ((outcome.kind === "handed-over" || outcome.kind === "offered") && "draft" in drafting) {
    const { decision } = report;
    const told = decision !== null && "told" in decision ? (decision.told ?? "") : "";
    const draft = viewOf(report, drafting.draft, { ...context, turn });
    const text = told === "" ? explanation : `${explanation} It reads: ${told}`;
    return { kind: "notice", text, draft };
  }
  if ("noDraft" in drafting) {
    const { noDraft } = drafting;
    // What Intercom does not show will not be shown a moment later.
    const canRetry = noDraft.reason !== "message-out-of-sight";
    return { kind: "no-draft", message: modelFailed(explanationWithAdvice(noDraft)), canRetry };
  }

  const text = drafting.draft.reply;
  const draft = viewOf(report, drafting.draft, { ...context, turn });
  if (outcome.kind === "quiet" || outcome.kind === "refused") {
    return { kind: "notice", text: explanation, draft };
  }
  if (isBlank(text)) {
    const isNoted = outcome.kind === "noted";
    const isSpam = drafting.draft.intent === "spam";
    const noted = isSpam ? sentences.takenForSpam : sentences.emptyDraft;
    return { kind: "notice", text: isNoted ? noted : explanation, draft };
  }
  const review = context.mode === "manual" ? reviewOf(report, drafting.draft) : null;
  if (review !== null) return { kind: "ask", draft, review };
  return { kind: "say", text, draft, replyId: outcome.kind === "replied" ? outcome.replyId : null };
}

/** Looking again at what was just answered is no news. */
function isNews({ outcome }: JourneyReport, isFirstLook: boolean): boolean {
  if (outcome.kind !== "quiet" || isFirstLook) return true;
  return outcome.reason !== "already-answered" && outcome.reason !== "already-handled";
}

function viewOf(
  { recall, unseen, steps }: JourneyReport,
  draft: Draft,
  about: { turn: Turn; conversation: Conversation; policy: Policy; now: number },
): NewDraftView {
  const { turn, conversation, policy, now } = about;
  const recalled = recall ?? { query: "", sources: [], margin: 0, agreement: 0, failures: [] };
  const waitedMs = now - (turn.messages.at(-1)?.at ?? now);
  const repliesSoFar = turn.earlier.filter(({ author }) => author.role === "us").length;
  const standing = { waitedMs, isWithPeople: false, isLeftByTeammate: false, unseen, repliesSoFar };
  return draftView(draft, {
    recall: recalled,
    decision: decideByRules({ conversation, turn }, { draft }, policy, standing),
    policy,
    steps,
    said: [...turn.earlier, ...turn.messages].map(({ text }) => text),
  });
}

function reviewOf(report: JourneyReport, draft: Draft): PendingReview | null {
  const { turn, decision, outcome, conversationId } = report;
  if (outcome.kind !== "in-review" || turn === null) return null;
  if (decision?.action !== "review") return null;
  return {
    cardId: outcome.card.id,
    conversationId,
    basePartId: turn.basePartId,
    isCorrection: false,
    needsAnswer: false,
    draft: draft.reply,
    confidence: draft.confidence,
    language: draft.language,
    reason: decision.reason,
    rule: decision.rule,
    basis: basisOf(draft),
    draftedFrom: draft.usedSources.map(({ id }) => id),
  };
}
