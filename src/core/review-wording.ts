import { markLine } from "./note-marks.ts";

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
