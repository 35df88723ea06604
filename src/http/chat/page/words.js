/** What production would do, with a sign for those who do not see colours. */
const decisionSigns = {
  reply: "✓",
  review: "?",
  note: "✎",
  "hand-off": "→",
  offer: "→",
  "stay-quiet": "–",
};

/**
 * What production would do with a draft, for the eye (`kind`, `sign`) and in words. How well a search
 * result fits says nothing about whether it is right, so that one that would be sent is not praised.
 */
export function productionWords({ decision, isQuote }) {
  const { action, label, explanation } = decision;
  if (!isQuote || action !== "reply") {
    return { kind: action, sign: decisionSigns[action], title: label, why: explanation };
  }
  const why = "A language model would draft from it and say how sure it is";
  return { kind: "quote", sign: "“", title: "A search result, quoted", why };
}

/** Above what production would not have sent; a reply it would have sent has no such line. */
const heldBack = {
  review: "Held back: a teammate would see this first",
  note: "Held back: the team would find this in an internal note",
  "hand-off": "Held back: the conversation would go to people",
  offer: "Held back: the customer would be asked whether a colleague shall take over",
  "stay-quiet": "Held back: nothing would be sent",
};

/** `null` for a reply that production would send as it is. */
export function heldBackWords({ action }) {
  if (action === "reply") return null;
  return heldBack[action] ?? heldBack.review;
}

export const states = {
  approved: "Approved and sent",
  edited: "Edited and sent",
  rejected: "Rejected: nothing was sent",
  superseded: "Replaced: the conversation went on without it",
};

export const kinds = {
  answer: "Remembered answer",
  "saved-reply": "Saved reply of the team",
  article: "Article",
  conversation: "Earlier conversation",
  lookup: "Looked up just now",
};

export const stepNames = {
  read: "Read",
  recall: "Recall",
  draft: "Draft",
  "quiet period": "Quiet period",
  act: "Act",
};

export const time = (at) =>
  new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

export function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
