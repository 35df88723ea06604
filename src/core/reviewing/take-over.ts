import { marksIn } from "../note-marks.ts";
import type { Teammates } from "../ports.ts";
import type { Conversation } from "../types.ts";
import type { PendingReview } from "./review-standing.ts";
import { noteTakenOver } from "./review-wording.ts";
import {
  type Decider,
  noteOnce,
  readStanding,
  type Settled,
  type SettleOptions,
  type SettlePorts,
} from "./settle-review.ts";

export type TakeOverPorts = Pick<SettlePorts, "inbox" | "record" | "rest" | "log"> & {
  teammates: Teammates;
};

export type TakenOver =
  | { kind: "taken-over"; conversation: Conversation; isAssigned: boolean }
  | Exclude<Settled, { kind: "sent" | "rejected" | "unknown" }>;

/**
 * Leaves the conversation to a teammate: assigns it to them where their address finds them, and
 * notes it, so that nothing more is drafted in it.
 *
 * @param email the teammate's address, if it is known
 */
export async function takeOverReview(
  review: PendingReview,
  by: Decider,
  email: string | null,
  ports: TakeOverPorts,
  { policy }: Pick<SettleOptions, "policy">,
): Promise<TakenOver> {
  const standing = await readStanding(review, ports, policy);
  if (standing.kind !== "open") return standing;
  const { conversation } = standing;
  const { conversationId, basePartId, cardId } = review;
  const isAssigned = email !== null && (await assign(conversationId, email, ports));
  const isNoted = (fresh: Conversation) =>
    marksIn(fresh).some((mark) => mark.cardId === cardId && mark.outcome === "taken-over");
  const note = noteTakenOver({ basePartId, cardId, by: by.name });
  const written = await noteOnce(conversationId, note, isNoted, ports, policy);
  ports.log.info({ conversationId, cardId, by: by.id, isAssigned }, "taken over");
  if (written.result === "done" || isAssigned) {
    return { kind: "taken-over", conversation, isAssigned };
  }
  const explanation = "explanation" in written ? written.explanation : "Intercom is busy";
  return { kind: "not-done", conversation, explanation };
}

/** Without an assignment the note alone keeps us quiet, so a failure here ends nothing. */
async function assign(
  conversationId: string,
  email: string,
  { teammates, log }: TakeOverPorts,
): Promise<boolean> {
  try {
    const teammateId = await teammates.findTeammateByEmail(email);
    if (teammateId === null) return false;
    const written = await teammates.assign(conversationId, teammateId);
    return written.result === "done";
  } catch (error) {
    log.warn({ conversationId, error }, "not assigned");
    return false;
  }
}
