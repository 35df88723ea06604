import { isBlank } from "../blank.ts";
import { decide } from "../judging/decide.ts";
import { turnStanding } from "../judging/standing.ts";
import { recall, recallQuery, whoseTurn } from "../knowledge/recall.ts";
import type { Drafter, HelpCenter, Memory } from "../ports.ts";
import { recentHistory } from "../turn.ts";
import type { Conversation, Draft, Policy, ReviewReason, Source, Turn } from "../types.ts";
import type { PendingReview } from "./review-standing.ts";
import {
  explain,
  readStanding,
  type Settled,
  type SettleOptions,
  type SettlePorts,
} from "./settle-review.ts";

export type RedraftPorts = Pick<SettlePorts, "inbox" | "record" | "clock"> & {
  drafter: Drafter;
  memory: Memory;
  helpCenter: HelpCenter;
};

export type Redrafted =
  | {
      kind: "redrafted";
      conversation: Conversation;
      turn: Turn;
      draft: Draft;
      reason: ReviewReason;
      found: Source[];
    }
  | Exclude<Settled, { kind: "sent" | "rejected" }>;

/**
 * Has a draft written anew as a teammate says, if it is still ours to answer. Sends nothing: the
 * new draft is reviewed like the one before it.
 */
export async function redraftReview(
  review: PendingReview,
  instruction: string,
  ports: RedraftPorts,
  { policy, actBefore }: SettleOptions,
): Promise<Redrafted> {
  const standing = await readStanding(review, ports, policy);
  if (standing.kind !== "open") return standing;
  const { conversation, turn } = standing;
  const inTime = AbortSignal.timeout(Math.max(0, actBefore - ports.clock()));
  try {
    const found = await recall(recallQuery(turn), whoseTurn(conversation, turn), ports);
    const drafting = await ports.drafter.draft(
      {
        conversation,
        turn,
        history: recentHistory(turn, policy.historyTurns),
        recall: found,
        revision: { draft: review.draft, instruction },
      },
      inTime,
    );
    if ("draft" in drafting && !isBlank(drafting.draft.reply)) {
      const reason = whatToLookAt(drafting.draft, conversation, turn, policy);
      return {
        kind: "redrafted",
        conversation,
        turn,
        draft: drafting.draft,
        reason,
        found: found.sources,
      };
    }
    const explanation = "draft" in drafting ? noReply : drafting.noDraft.explanation;
    return { kind: "not-done", conversation, explanation };
  } catch (error) {
    const explanation = inTime.aborted ? "the model took too long" : explain(error);
    return { kind: "not-done", conversation, explanation };
  }
}

/** What the first draft would have gone to a person for; a person looks at this one in any case. */
function whatToLookAt(
  draft: Draft,
  conversation: Conversation,
  turn: Turn,
  policy: Policy,
): ReviewReason {
  const sending = { ...policy, replyMode: "auto" } as const;
  const decision = decide(
    { draft },
    sending,
    turnStanding(conversation, turn, { seen: draft.seen }),
  );
  const isAboutDraft = decision.action === "review" && !aboutTheTurn.has(decision.reason);
  return isAboutDraft ? decision.reason : "written-anew";
}

/** Whoever has it written anew knows of these already. */
const aboutTheTurn = new Set<ReviewReason>([
  "asked-for",
  "with-people",
  "teammate-silent",
  "many-replies",
  "waited-long",
]);

const noReply = "the model wrote no reply";
