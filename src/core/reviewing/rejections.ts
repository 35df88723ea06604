import { markOf } from "../note-marks.ts";
import type { Drafter } from "../ports.ts";
import type { Conversation } from "../types.ts";
import { readRejection } from "./review-wording.ts";

/** A rejected draft, as its note tells. */
export type Rejection = { cardId: string; by: string; reason: string | null };

/** Who rejected the draft on that card, and why; `null` when it was not rejected. */
export function rejectionOn(cardId: string, conversation: Conversation): Rejection | null {
  return rejectionsIn(conversation).find((rejection) => rejection.cardId === cardId) ?? null;
}

function rejectionsIn(conversation: Conversation): Rejection[] {
  return conversation.parts.flatMap((part) => {
    const mark = markOf(part);
    if (mark?.outcome !== "rejected" || mark.cardId === null) return [];
    const read = readRejection(part.text);
    return read === null ? [] : [{ cardId: mark.cardId, ...read }];
  });
}

/** The same drafter, whose model is told why people rejected earlier drafts for the same messages. */
export function withRejections(drafter: Drafter): Drafter {
  return {
    draft(request, signal) {
      const ids = new Set(request.turn.messages.map(({ id }) => id));
      const reasons = request.conversation.parts.flatMap((part) => {
        const mark = markOf(part);
        if (mark?.outcome !== "rejected" || !ids.has(mark.basePartId)) return [];
        return readRejection(part.text)?.reason ?? [];
      });
      if (reasons.length === 0) return drafter.draft(request, signal);
      return drafter.draft({ ...request, rejections: reasons }, signal);
    },
  };
}
