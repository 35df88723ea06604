/** 0.876 as "87 %"; never rounded up to a threshold that it did not reach. */
export const percent = (share) => `${Math.floor(share * 100 + 1e-9)} %`;

/** What production would do, with a sign for those who do not see colours. */
export const decisionSigns = {
  reply: "✓",
  review: "?",
  note: "✎",
  "hand-off": "→",
  offer: "→",
  "stay-quiet": "–",
};

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
  article: "Article",
  conversation: "Earlier conversation",
};

export const stepNames = {
  read: "Read",
  recall: "Recall",
  draft: "Draft",
  "quiet period": "Quiet period",
  act: "Act",
};

const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/** "de" as "German". */
export function languageName(code) {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

export const time = (at) =>
  new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

/** A time of today as "11:58 AM", an earlier one with its day. */
export function moment(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "short" };
  const words = date.toLocaleString(undefined, { ...day, hour: "2-digit", minute: "2-digit" });
  return { iso: date.toISOString(), words };
}

export function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
