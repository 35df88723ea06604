import { type UseOutcome, useOutcomes } from "../../core/knowledge/answer-uses.ts";

/** What the page says in place of a source: a title, and what it means and what to do. */
export const sentences = {
  which: {
    title: "Which source?",
    text: "The address names none. Open the link on the card or the note as it stands there, with everything behind the question mark.",
  },
  gone: {
    title: "This source is not kept any more",
    text: "It was removed where it was written, or somebody removed it from the memory. No draft is written from it any more.",
  },
  down: {
    title: "This source cannot be read now",
    text: "The store does not answer. Try again in a minute; /ready says how the memory does.",
  },
} as const;

export const audiences = {
  customers: "Customers may be told it",
  internal: "For teammates only: no customer is told it",
} as const;

export const statuses = {
  answer: "In use",
  rejected: "A rejected draft: no draft is written from it",
  retired: "Retired: no draft is written from it any more",
  suggested: "Suggested: nobody has accepted it yet",
} as const;

export const authors = {
  teammate: "A teammate’s answer",
  "approved-draft": "An approved draft",
  "edited-draft": "An edited draft",
  "automatic-reply": "A reply that went out by itself",
  operator: "Typed in or imported",
} as const;

const outcomes: Record<UseOutcome, string> = {
  approved: "approved as it was",
  edited: "edited before it was sent",
  rejected: "rejected",
  sent: "sent by itself",
  "right-in-audit": "sent by itself, found right",
  "wrong-in-audit": "sent by itself, found wrong",
};

/** "3 approved as it was, 1 rejected". */
export function tallyWords(tally: Record<UseOutcome, number>): string {
  const counted = useOutcomes.filter((outcome) => tally[outcome] > 0);
  return counted.length === 0
    ? "none is known"
    : counted.map((outcome) => `${tally[outcome]} ${outcomes[outcome]}`).join(", ");
}

export const passageChanged =
  "The passage that was used does not stand in it any more as it was: the article has been changed since.";

/** 2026-11-28 09:12 UTC: whoever reads it may be anywhere. */
export function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** "German" for "de"; the code itself for what has no name. */
export function languageWords(code: string | null): string {
  if (code === null) return "not known";
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
