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

/** The note on a conversation that somebody took from a card; nothing is drafted in it from then on. */
export function noteTakenOver(taken: { basePartId: string; cardId: string; by: string }): string {
  const { basePartId, cardId, by } = taken;
  return [
    `**Taken over by ${by}.** No further replies are drafted until the conversation is closed and opened again.`,
    markLine({ basePartId, outcome: "taken-over", cardId }),
  ].join("\n\n");
}
