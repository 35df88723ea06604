import { factsOf } from "../judging/facts-of.ts";
import { mayBeAutomatic } from "../judging/mode.ts";
import { recall, recallQuery, servesToo, whoseTurn } from "../knowledge/recall.ts";
import { newestMessage, recentHistory } from "../turn.ts";
import type { Conversation, NoDraft, Recall, Turn } from "../types.ts";
import { type Journey, timed } from "./journey.ts";
import type { KeptDraft } from "./turn-record.ts";

/** The draft for this turn, or `null` when a newer message interrupted it. */
export async function draftFor(
  conversation: Conversation,
  turn: Turn,
  journey: Journey,
  interruption: AbortSignal,
  isAskedFor: boolean,
): Promise<KeptDraft | null> {
  const { ports, policy } = journey;
  if (newestMessage(turn).isOutOfSight)
    return { drafting: { noDraft: outOfSight }, recall: nothing, withheld: [] };
  // Drafting until the confidence happens to suffice would make the threshold worthless.
  const kept = ports.record.keptDraft(turn);
  // What became known meanwhile may say that it was written from what is for others.
  const { asker } = whoseTurn(conversation, turn);
  if (kept !== null && servesToo(kept.recall, asker)) return kept;

  const found = await timed(journey, "recall", () => recallFor(conversation, turn, journey));
  const mayGoOut = !isAskedFor && mayBeAutomatic(policy, factsOf(conversation, turn, null));
  // A reply that may go out by itself is drafted without what a customer must not read.
  const withheld = mayGoOut ? found.sources.filter(({ isInternal }) => isInternal) : [];
  const recalled = { ...found, sources: found.sources.filter((one) => !withheld.includes(one)) };
  if (interruption.aborted) return null;
  const history = recentHistory(turn, policy.historyTurns);
  try {
    const drafting = await timed(journey, "draft", () =>
      ports.drafter.draft({ conversation, turn, history, recall: recalled }, interruption),
    );
    if (interruption.aborted) return null;
    const written = { drafting, recall: recalled, withheld };
    if ("draft" in drafting) ports.record.keepDraft(turn, written);
    return written;
  } catch (error) {
    if (interruption.aborted) return null;
    throw error;
  }
}

const nothing: Recall = { query: "", sources: [], margin: 0, agreement: 0, failures: [] };
/** Of something that another process began: the draft went with it. */
export const lostDraft: KeptDraft = {
  drafting: {
    noDraft: {
      reason: "draft-lost",
      explanation: "The draft was lost when this program was started again.",
    },
  },
  recall: nothing,
};
const outOfSight: NoDraft = {
  reason: "message-out-of-sight",
  explanation:
    "So much happened since the customer's last message that Intercom does not show it to this program any more.",
};

async function recallFor(
  conversation: Conversation,
  turn: Turn,
  { early, ports }: Journey,
): Promise<Recall> {
  const query = recallQuery(turn);
  const whose = whoseTurn(conversation, turn);
  if (early?.query === query && early.contactId === whose.contactId) {
    const recalled = await early.recall;
    if (servesToo(recalled, whose.asker)) return recalled;
  }
  return recall(query, whose, ports);
}
