import { marksIn } from "../note-marks.ts";
import type { Inbox, Log } from "../ports.ts";

export type CardPorts = {
  inbox: Pick<Inbox, "read">;
  /** Takes everything off a card. @returns whether it was done; never throws */
  empty(cardId: string): Promise<boolean>;
};

/**
 * Empties the cards that the notes of a conversation name. Never throws: a conversation that cannot
 * be read is said in the log.
 *
 * @returns how many were emptied
 */
export async function emptyCards(
  conversationId: string,
  { inbox, empty }: CardPorts,
  log: Log,
): Promise<number> {
  try {
    const conversation = await inbox.read(conversationId);
    const marks = conversation === null ? [] : marksIn(conversation);
    let emptied = 0;
    for (const cardId of new Set(marks.map((mark) => mark.cardId))) {
      if (cardId !== null && (await empty(cardId))) emptied += 1;
    }
    return emptied;
  } catch (error) {
    log.warn({ conversationId, error }, "cards not looked for; forget the contact again");
    return 0;
  }
}
