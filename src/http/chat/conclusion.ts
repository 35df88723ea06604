import { isBlank } from "../../core/blank.ts";
import { forWhomOfAll } from "../../core/for-whom.ts";
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
  | {
      kind: "say";
      text: string;
      draft: NewDraftView;
      replyId: string | null;
      review: PendingReview;
    };

type NewDraftView = Omit<DraftView, "id" | "state">;

/**
 * What to show of a journey.
 *
 * @param context.mode the mode in which it began
 * @param context.policy production's own, by which the draft is labelled
 * @param context.conversation as it is now; rules look at it as it was before the answer
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
    hasModel: boolean;
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
  const about = { ...report, turn };
  if (context.mode === "manual" && outcome.kind === "in-review") {
    return { kind: "ask", draft, review: reviewOf(about, drafting.draft, outcome.card.id) };
  }
  const replyId = outcome.kind === "replied" ? outcome.replyId : null;
  return { kind: "say", text, draft, replyId, review: reviewOf(about, drafting.draft, "") };
}

/** Looking again at what was just answered is no news. */
function isNews({ outcome }: JourneyReport, isFirstLook: boolean): boolean {
  if (outcome.kind !== "quiet" || isFirstLook) return true;
  return outcome.reason !== "already-answered" && outcome.reason !== "already-handled";
}

function viewOf(
  { recall, withheld, unseen, steps }: JourneyReport,
  draft: Draft,
  about: {
    turn: Turn;
    conversation: Conversation;
    policy: Policy;
    now: number;
    hasModel: boolean;
  },
): NewDraftView {
  const { turn, conversation, policy, now, hasModel } = about;
  const recalled = recall ?? { query: "", sources: [], margin: 0, agreement: 0, failures: [] };
  const waitedMs = now - (turn.messages.at(-1)?.at ?? now);
  const repliesSoFar = turn.earlier.filter(({ author }) => author.role === "us").length;
  const standing = {
    ...{ waitedMs, isWithPeople: false, isLeftByTeammate: false, unseen, repliesSoFar },
    asker: conversation.asker,
  };
  return draftView(draft, {
    recall: recalled,
    withheld,
    decision: decideByRules(
      { conversation: beforeAnswer(conversation, turn), turn },
      { draft },
      policy,
      standing,
    ),
    policy,
    steps,
    hasModel,
    said: [...turn.earlier, ...turn.messages].map(({ text }) => text),
  });
}

/** As the rules saw it: our own reply to the turn would look like an answer that did not help. */
function beforeAnswer(conversation: Conversation, { basePartId }: Turn): Conversation {
  const base = conversation.parts.findIndex(({ id }) => id === basePartId);
  return { ...conversation, parts: conversation.parts.slice(0, base + 1) };
}

/** What a verdict on the draft, or a lesson about it, is remembered with. */
function reviewOf(
  { turn, decision, conversationId }: JourneyReport & { turn: Turn },
  draft: Draft,
  cardId: string,
): PendingReview {
  const isReview = decision?.action === "review";
  return {
    cardId,
    conversationId,
    basePartId: turn.basePartId,
    isCorrection: false,
    needsAnswer: false,
    draft: draft.reply,
    confidence: draft.confidence,
    language: draft.language,
    // Whoever looks at what was sent by itself does what an audit does.
    reason: isReview ? decision.reason : "audit-sample",
    rule: isReview ? decision.rule : undefined,
    basis: basisOf(draft),
    draftedFrom: draft.usedSources.map(({ id }) => id),
    forWhom: forWhomOfAll(draft.usedSources),
  };
}
