import type { AskedReason, TurnOutcome } from "../../core/insight/conversation-facts.ts";
import type { Share } from "../../core/insight/insight.ts";
import { number, percent } from "../../core/insight/wording.ts";
import { reviewReasons } from "../../core/judging/wording.ts";
import type { ReviewReason } from "../../core/types.ts";

// What a lead reads on the page.

export const outcomeWords: Record<TurnOutcome, string> = {
  automatic: "answered by itself",
  reviewed: "sent after a person looked",
  teammate: "answered by a teammate",
  "handed-over": "handed over to people",
  offered: "offered a colleague",
  "other-bot": "answered by another bot",
  "no-answer-needed": "no answer needed",
  unanswered: "closed without an answer",
  waiting: "waiting",
};

export const rules = {
  turn: "Counted are the customers' turns that began in the period: messages in a row, up to the first answer to them. Days are UTC.",
  automatic:
    "“By itself”: the first answer is the service's, and no card asked a person about it. Of all turns that somebody answered.",
  quality:
    "Right: a person pressed Good on the reply, or sent the draft as it was or with at most a fifth of its words and no fact changed. One decision of each draft; the intervals are Wilson's, at 95 %.",
  confidence:
    "By the model's own confidence, of drafts and automatic replies that a person decided about. Nobody looks at the other replies, so nothing is known of theirs.",
  times:
    "From the customer's first message of a turn to the first answer; resolution from the first message of a conversation to its first closing. Half took no longer, and nine of ten no longer.",
  escalation:
    "At which turn of the customer people came in for the first time: a reviewed draft, a hand-off, or a teammate's own answer.",
  reasons: "Why people were asked, as the service's own notes say it.",
  ratings: "Ratings of 1 to 5 that customers gave in Intercom; 4 and 5 are good.",
  durable:
    "Of the conversations that automatic replies alone answered: closed, and for seven days after that no message of the customer and not opened again. Closed less than seven days ago, or still open: not counted yet.",
  review:
    "From the card's note in Intercom to the reply, the rejection or the taking over. How long people really looked nobody measures: the minutes are your assumption above times the decisions.",
  topics:
    "By what the model took the messages for, of drafts and replies that a person decided about.",
  gaps: "The newest questions about which people were asked because the service had no answer, was not sure, or needed a person; those about the same matter (by their rarer words) together, with the weeks in which they were asked. Each of the newest opens in Intercom.",
  money:
    "Your assumptions above, not measurements: dollars for each draft, minutes that a person would have needed for each reply that went out by itself or was sent from a card, less the minutes for the decisions.",
  corrections:
    "Replies that were sent and found wrong: when they were checked, or because the customer's answer showed it (Our reply was wrong… on the card). Corrections are the messages that put a checked reply right.",
  memories:
    "Remembered answers from which replies were written that people found wrong, with how many. Each opens on the memory's page, which lists all replies that rest on it, and forgets it.",
  shadow: "Drafts that nobody saw, beside what teammates said; compared by npm run shadow.",
} as const;

export function reasonWords(reason: AskedReason): string {
  return isOwn(reason) ? reviewReasons[reason] : `Rule “${reason.slice("rule ".length)}”`;
}

function isOwn(reason: AskedReason): reason is ReviewReason {
  return reason in reviewReasons;
}

/** "41 % (812 of 1,980; 39 to 43 %)"; "–" where there is nothing to count. */
export function shareWords({ count, of, from, to }: Share): string {
  if (of === 0) return "–";
  return `${percent(count / of)} (${number(count)} of ${number(of)}; ${percent(from)} to ${percent(to)})`;
}

/** "2026-11-28 18:03 UTC" */
export function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
