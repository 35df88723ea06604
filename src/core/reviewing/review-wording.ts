import { markLine } from "../note-marks.ts";

/** The note on a rejected draft: a person should answer now. */
export function noteRejected(rejected: {
  basePartId: string;
  cardId: string;
  by: string;
  reason: string | null;
}): string {
  const { basePartId, cardId, by, reason } = rejected;
  const why = reason === null ? "" : ` Reason: ${reason}`;
  return [
    `**The drafted reply was rejected by ${by}: a person needs to answer.**${why}`,
    markLine({ basePartId, outcome: "rejected", cardId }),
  ].join("\n\n");
}

/** What the note on a rejected draft says; `null` when it is none, or one of other words. */
export function readRejection(note: string): { by: string; reason: string | null } | null {
  const found = rejectedPattern.exec(note);
  if (found?.[1] === undefined) return null;
  return { by: found[1], reason: found[2]?.trim() || null };
}

/** As `noteRejected` writes it, with and without its Markdown. */
const rejectedPattern =
  /^(?:\*\*)?The drafted reply was rejected by (.+?): a person needs to answer\.(?:\*\*)?(?: Reason: ([\s\S]+?))?\s*ref: part=/;

/** The note on a conversation that somebody took from a card; nothing is drafted in it from then on. */
export function noteTakenOver(taken: { basePartId: string; cardId: string; by: string }): string {
  const { basePartId, cardId, by } = taken;
  return [
    `**Taken over by ${by}.** No further replies are drafted until the conversation is closed and opened again.`,
    markLine({ basePartId, outcome: "taken-over", cardId }),
  ].join("\n\n");
}
