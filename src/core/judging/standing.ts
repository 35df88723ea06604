import type { Asker } from "../for-whom.ts";
import { isWithPeople } from "../note-marks.ts";
import { newestMessage, repliesSinceOpened } from "../turn.ts";
import type { Conversation, ReviewReason, Turn } from "../types.ts";
import { lastTeammateActivityAt } from "./patience.ts";
import { unseenIn } from "./unseen.ts";

/** What of the conversation itself counts beside the draft. */
export type TurnStanding = {
  /** How long the customer has been waiting, in milliseconds by Intercom's clock. */
  waitedMs: number;
  /** Whether people were already asked about an earlier message of the same turn. */
  isWithPeople: boolean;
  /** Whether a teammate had taken the conversation and has gone silent. */
  isLeftByTeammate: boolean;
  /** What of the turn the model was not shown. */
  unseen: ReviewReason | null;
  /** How often we have replied since the customer last opened the conversation. */
  repliesSoFar: number;
  /** Their brand and plan, as far as they are known; unset: neither. */
  asker?: Asker | undefined;
  /** A teammate asks for a draft: whatever becomes of it goes to people. Unset: nobody does. */
  isAskedFor?: boolean;
};

/**
 * @param about.seen attachments that the model was shown whole, by `attachmentKey`
 * @param about.isAskedFor a teammate asks for a draft
 */
export function turnStanding(
  conversation: Conversation,
  turn: Turn,
  about: { seen?: readonly string[] | undefined; isAskedFor?: boolean } = {},
): TurnStanding {
  const { seen = [], isAskedFor = false } = about;
  return {
    waitedMs: conversation.readAt - newestMessage(turn).at,
    isWithPeople: isWithPeople(conversation, turn),
    isLeftByTeammate: lastTeammateActivityAt(conversation) !== null,
    unseen: unseenIn(conversation, turn, seen),
    repliesSoFar: repliesSinceOpened(conversation),
    asker: conversation.asker,
    isAskedFor,
  };
}
