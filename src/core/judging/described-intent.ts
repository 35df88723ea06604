import type { DescribedIntent, Draft, Intent } from "../types.ts";
import { asksForPerson } from "./person-phrases.ts";

/**
 * What a customer wants, in the words of a support team's triage. What tells most goes first: a wish
 * for a person, then urgency, then that something is missing.
 *
 * @param text what the customer wrote and nobody answered
 * @returns `null` for what is no request: thanks, spam and the like
 */
export function describedIntent(
  { intent, urgency, asksBack }: Pick<Draft, "intent" | "urgency" | "asksBack">,
  text: string,
): DescribedIntent | null {
  const plainly = byIntent[intent];
  if (plainly === null) return null;
  if (asksForPerson(text)) return "human_request";
  if (plainly === "feedback") return plainly;
  if (urgency === "high") return "urgent_problem";
  return asksBack === true ? "incomplete_info" : plainly;
}

const byIntent: Record<Intent, DescribedIntent | null> = {
  question: "faq_question",
  request: "faq_question",
  problem: "technical_question",
  complaint: "technical_question",
  feedback: "feedback",
  thanks: null,
  spam: null,
  other: null,
};
