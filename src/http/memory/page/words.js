export const authors = {
  teammate: "A teammate’s answer",
  "approved-draft": "An approved draft",
  "edited-draft": "An edited draft",
  "automatic-reply": "A reply that went out by itself",
  operator: "Typed in or imported",
};

export const statuses = {
  answer: "In use",
  rejected: "Rejected draft",
  retired: "Retired",
  suggested: "Suggested",
};

export const kinds = {
  answer: "Remembered answer",
  "saved-reply": "Saved reply of the team",
  article: "Article",
};

export const several = { answer: "Remembered answers", article: "Articles" };

export const changes = {
  added: "typed it in",
  imported: "imported it",
  suggested: "suggested it",
  accepted: "accepted the suggestion",
  edited: "changed it",
  retired: "retired it",
  restored: "brought it back",
  merged: "merged it into another answer",
  undone: "took the change before back",
};

export const outcomes = {
  approved: "approved as it was",
  edited: "edited before it was sent",
  rejected: "rejected",
  sent: "sent by itself",
  "right-in-audit": "sent by itself, found right",
  "wrong-in-audit": "sent by itself, found wrong",
};

/** "3 approved as it was, 1 rejected", or that there is nothing to count. */
export function tallyWords(tally) {
  const counted = Object.entries(tally).filter(([, count]) => count > 0);
  return counted.map(([outcome, count]) => `${count} ${outcomes[outcome]}`).join(", ");
}

/** What the store that is configured cannot do, a sentence each. */
export function limitWords({ countsUses, knowsSentUses, keepsIds }) {
  return [
    ...(countsUses
      ? []
      : ["With Mem0, this list does not say how often an answer was used; an opened answer does."]),
    ...(knowsSentUses
      ? []
      : ["With Mem0, replies that went out by themselves are not known as uses."]),
    ...(keepsIds ? [] : ["With Mem0, a changed answer begins a new list of its uses."]),
  ];
}

export const count = (number, one, several = `${one}s`) =>
  `${number} ${number === 1 ? one : several}`;

/** The beginning of a text without Markdown's signs, cut where a word ends. */
export function excerpt(markdown, length = 160) {
  const plain = markdown.replace(/\*\*|__|`/g, "");
  if (plain.length <= length) return plain;
  return `${plain.slice(0, length).replace(/\s+\S*$/, "")} …`;
}
