import { z } from "zod";

/** A number that is none, or out of range, is the one that is there without asking. */
const number = (least: number, most: number, otherwise: number) =>
  z.coerce.number().min(least).max(most).catch(otherwise);
/** What whoever looks assumes, as the address says it. */
export const assumptionsForm = z.object({
  days: number(1, 730, 30),
  /** Minutes that a person would have needed for a reply, and that a decision on a card takes. */
  minutes: number(0, 120, 5),
  review: number(0, 60, 1),
  /** US dollars for a draft. */
  cost: number(0, 100, 0.005),
});
export type Assumptions = z.output<typeof assumptionsForm>;
