import { quietReasons } from "../../core/judging/wording.ts";
import type { KnowledgeToDo } from "../../core/learning/keeping-true.ts";
import type { StaleReason, SupersededBy } from "../../core/reviewing/review-standing.ts";
import type { Author, ReviewReason } from "../../core/types.ts";
import { cutText } from "./cut-text.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";

// Every sentence that a person reads in Slack. Those that begin with `mrkdwn` may contain markup of
// our own and are escaped already; all others are plain text.

/** All that is left on a card whose customer is to be forgotten. */
export const forgottenCard =
  "Removed: the customer is to be forgotten, so their message and the draft are gone from here. If they still wait, answer in Intercom.";

export const labels = {
  review: "Draft for review",
  correction: "Correction of a reply that was sent",
  audit: "Already sent: please check this automatic reply",
  unanswered: "A person needs to answer",
  known: "Known of the customer",
  before: "Before that",
  summary: "In short",
  handedOver: "Handed over to people",
  told: "The customer is told",
  tried: "So far",
  signs: "The model takes it as",
  suggested: "A reply that could be sent",
  translated: "The messages in your language",
  translatedDraft: "The reply in your language",
  customerWrote: "The customer wrote",
  draft: "Draft",
  sentText: "Sent to the customer",
  rejectedDraft: "The rejected draft",
  unsentDraft: "The draft, not sent",
  sentWrong: "Sent to the customer, and found wrong",
  shouldHaveSaid: "What should have been said",
  unsentText: "Written, but not sent yet",
  sources: "What it rests on",
  forTeam: "For you (internal)",
  found: "What was found",
  notUsed: "Found and not used",
  internal: "internal",
  openInIntercom: "Open in Intercom",
  openSource: "open it",
  why: "Why? (admin token)",
  approve: "Approve",
  edit: "Edit",
  writeReply: "Write a reply",
  reject: "Reject",
  redraft: "Redraft…",
  fillIn: "Fill in what it lacks…",
  takeOver: "Take over myself",
  replyWasWrong: "Our reply was wrong…",
  more: "More",
  checkAndRetry: "Check and retry",
  good: "Good",
  wrong: "Wrong…",
  letGo: "Let it go out by itself",
  putOff: "Not yet",
  cancel: "Cancel",
  close: "Close",
} as const;

/** How the line begins that notifications show, where it does not begin with the reason. */
export const lineBeginnings = {
  review: "A draft to review",
  correction: "A correction to review",
  audit: "Please check an automatic reply",
  working: "Being decided",
  decided: "Decided",
} as const;

/** Stands before the words of what should be opened before all else. */
export const urgentMark = "🚨";
/** Stands before what makes a draft doubtful. */
export const warningMark = "⚠️";

/** Why a person is asked, in the two or three words that a phone shows. */
export const reasonsInShort: Record<ReviewReason, string> = {
  "no-draft": "No draft: a person must answer",
  "unseen-image": "Image to look at",
  "unread-attachment": "Attachment to look at",
  "missing-parts": "Very long conversation",
  "unknown-part": "Something it cannot read",
  "customer-unread": "Customer not looked up",
  "lookup-failed": "Look-up failed",
  "taken-for-spam": "Perhaps spam",
  "needs-human": "Needs a person",
  escalated: "A rule asks for a person",
  "unknown-link": "Link that no source has",
  "repeats-prompt": "Repeats its instructions",
  "unsupported-claim": "Claim without a source",
  "outdated-answer": "Rests on an answer that may be outdated",
  doubted: "Doubted by the check",
  "not-checked": "Not checked",
  "internal-source": "Rests on internal material",
  "for-whom-unknown": "Brand or plan unknown",
  "low-confidence": "Not sure",
  "not-calibrated": "Not calibrated",
  "asked-for": "Asked for in Intercom",
  "with-people": "Wrote again, still waiting",
  "teammate-silent": "Teammate has gone silent",
  "many-replies": "Many automatic replies",
  "waited-long": "Has waited long",
  "intercom-refused": "Intercom takes nothing",
  "daily-limit": "Day's limit is reached",
  "not-earned": "Topic has not earned it yet",
  "review-mode": "To review",
  "written-anew": "Written anew",
  "audit-sample": "To check",
};

export const unknownCustomer = "a customer without a name";

export const cardNotices = {
  nothingSupports: "Nothing supports this draft",
  nothingSupportsMore: ": it rests on no article and on no earlier answer.",
  lacks: "The draft lacks what only you can know",
  promises: "The draft promises",
  possiblyOutdated: "⚠️ possibly outdated",
  onlyFor: (whom: string) => `only for ${whom}`,
  outdatedBy: (day: string, title: string) => `Changed on ${day}, “${title}” says instead:`,
  answeredBy: (by: string | null) => `answered by ${by ?? "a teammate"}`,
  pageNumber: (page: string) => `page ${page}`,
  translated: (language: string) => `In ${language}, for you only; it is not sent:`,
  unknownLink: "⚠️ no source has this",
  unsupportedClaim: "⚠️ no source says this",
  toldNothing: "nothing",
  noDraft: "There is no draft, so nothing goes out by itself.",
  tooLongToShow:
    "The draft is longer than a card can show. Press Edit to see all of it; only there can it be sent.",
  tooLongToPack:
    "The draft is too long for Slack. It stands in full in the internal note in Intercom.",
  lost: "The draft was too long to be kept while it was decided. Please answer in Intercom.",
  messagesCut: "The rest stands in Intercom.",
  moreSources: (count: number) => `and ${count} more`,
};

export const mrkdwnStatus = {
  sending: (by: string) =>
    `:hourglass_flowing_sand: Sending… (approved by ${by}). Should this stay for two minutes, press Check and retry.`,
  sendingEdited: (by: string) =>
    `:hourglass_flowing_sand: Sending… (edited by ${by}). Should this stay for two minutes, press Check and retry.`,
  sendingWritten: (by: string) =>
    `:hourglass_flowing_sand: Sending… (written by ${by}). Should this stay for two minutes, press Check and retry.`,
  rejecting: (by: string) =>
    `:hourglass_flowing_sand: Rejecting… (by ${by}). Should this stay for two minutes, press Check and retry.`,
  redrafting: (by: string) =>
    `:hourglass_flowing_sand: Drafting again… (asked for by ${by}). Should this stay for two minutes, press Check and retry.`,
  takingOver: (by: string) =>
    `:hourglass_flowing_sand: Taking over… (${by}). Should this stay for two minutes, press Check and retry.`,
  checking: (by: string) =>
    `:hourglass_flowing_sand: Checking… (${by}). Should this stay for two minutes, press Check and retry.`,
  sent: (by: string, at: string) => `:white_check_mark: *Sent*: approved by ${by}, ${at}.`,
  sentEdited: (by: string, at: string) => `:white_check_mark: *Sent*: edited by ${by}, ${at}.`,
  sentWritten: (by: string, at: string) => `:white_check_mark: *Sent*: written by ${by}, ${at}.`,
  foundSent: (by: string | null, at: string) =>
    `:white_check_mark: *Sent*: the reply stands in Intercom${by === null ? "" : ` (decided by ${by})`}, checked ${at}.`,
  rejected: (by: string, at: string, reason: string | null) =>
    `:no_entry: *Rejected* by ${by}, ${at}.${mrkdwnReason(reason)} A person needs to answer: write a reply here, take over, or answer in Intercom.`,
  rejectedForGood: (by: string, at: string, reason: string | null) =>
    `:no_entry: *Rejected* by ${by}, ${at}.${mrkdwnReason(reason)} Nothing was sent.`,
  rejectedBefore: (by: string, reason: string | null) =>
    `:no_entry: *Rejected* by ${escapeMrkdwn(by)}: this draft has been rejected already.${mrkdwnReason(reason)} A person needs to answer: write a reply here, take over, or answer in Intercom.`,
  rejectedThen: (by: string, reason: string | null, then: string) =>
    `:no_entry: *Rejected* by ${escapeMrkdwn(by)}.${mrkdwnReason(reason)} Since then: ${then}`,
  filledIn: (by: string, at: string, facts: string) =>
    `:pencil2: *Drafted again* with what ${by} filled in, ${at}: “${escapeMrkdwn(cutText(facts, 300))}”`,
  redrafted: (by: string, at: string, instruction: string) =>
    `:pencil2: *Drafted again* for ${by}, ${at}: “${escapeMrkdwn(cutText(instruction, 300))}”`,
  takenOver: (by: string, at: string, isAssigned: boolean) =>
    isAssigned
      ? `:bust_in_silhouette: *Taken over* by ${by}, ${at}; the conversation is assigned to them in Intercom.`
      : `:bust_in_silhouette: *Taken over* by ${by}, ${at}. Please answer in Intercom.`,
  stale: (reason: StaleReason) => `:leftwards_arrow_with_hook: *Not sent.* ${staleReasons[reason]}`,
  superseded: (by: SupersededBy) =>
    `:leftwards_arrow_with_hook: *Not sent.* ${supersededReasons[by]}`,
  retired:
    ":leftwards_arrow_with_hook: *Replaced.* The customer wrote again; a newer draft covers it.",
  decidedElsewhere: (reason: StaleReason) =>
    `:leftwards_arrow_with_hook: *Decided elsewhere.* ${staleReasons[reason]}`,
  notDone: (explanation: string) =>
    `:warning: *Not sent*: ${escapeMrkdwn(explanation)}. You can try again.`,
  unknown: (explanation: string) =>
    `:warning: *It is not known whether the reply was sent*: ${escapeMrkdwn(explanation)}. Check and retry reads Intercom first.`,
  checkedOpen: (at: string) =>
    `:mag: Checked ${at}: the reply is not in Intercom, so nothing was sent. You can decide again.`,
  out: ":warning: This card has been tried too often. Please answer in Intercom.",
  good: (by: string, at: string) => `:white_check_mark: *Good*, says ${by}, ${at}.`,
  wrong: (by: string, at: string) =>
    `:no_entry: *Wrong*, says ${by}, ${at}. What should have been said is remembered.`,
};

function mrkdwnReason(reason: string | null): string {
  return reason === null ? "" : ` Reason: ${escapeMrkdwn(reason)}.`;
}

/** Why a card is closed without a verdict of its own. */
export function closedSentence(reason: StaleReason): string {
  return staleReasons[reason];
}

const staleReasons: Record<StaleReason, string> = {
  ...asSentences(quietReasons),
  "teammate-active":
    "A teammate has taken the conversation in Intercom, so nothing was sent over their head.",
  "customer-wrote-again": "The customer wrote again; a new draft that covers it is on its way.",
};

const supersededReasons: Record<SupersededBy, string> = {
  "another-card": "Another card for the same message took its place.",
  rejection: "The draft has been rejected already.",
  "taken-over": "A teammate took the conversation over.",
  "a-note": "The draft was left as an internal note in Intercom.",
  nothing:
    "No note in Intercom names this card, so it cannot be decided. A new draft is on its way.",
};

/** Answers that only the person who clicked can see. */
export const answers = {
  otherChannel: "This card does not belong to the review channel, so nothing was done.",
  notAReviewer:
    "You are not among the people who may decide drafts here, so nothing was done. Whoever runs this service can add you.",
  guest:
    "Guests and people of connected workspaces may only decide when they are named, so nothing was done. Whoever runs this service can name you.",
  cannotTellGuest:
    "Slack did not say whether you are a guest of this workspace, so nothing was done. Please click again; if it stays so, whoever runs this service finds the reason in docs/slack.md (“Slack did not say”).",
  tampered:
    "This card cannot be read: it was changed, or made with other Slack credentials. Nothing was sent. Please answer in Intercom.",
  unknownButton:
    "This button is from an older version and does nothing any more. Nothing was sent.",
  taken:
    "Somebody else was faster: this draft is being decided or has been decided. Your click changed nothing.",
  takenWithText: "Somebody else was faster, so your text was not sent. Here it is, to copy:",
  claimUnknown: "Slack did not confirm that the card is yours to decide, so nothing was sent.",
  stuck:
    "Should the card still show its buttons in two minutes, press this one: it reads Intercom first.",
  tooLongToRedraft: "The draft is too long to be drafted again from here. Please edit it.",
  exhausted: "This card has been tried too often. Please answer in Intercom.",
  notRead: (explanation: string) =>
    `Intercom could not be read (${explanation}), so nothing was done. Please try again.`,
  stillUnderWay: "A verdict is still under way. This works two minutes after it began.",
  modalFailed: "Slack could not open the form, so nothing was done. Please click again.",
  failed: "Something went wrong on our side, so nothing was sent. Please click again.",
} as const;

export const modals = {
  editTitle: "Edit and send",
  writeTitle: "Write a reply",
  editSubmit: "Send to the customer",
  editLabel: "Reply",
  editHint: "Markdown. The customer gets it as soon as you press the button.",
  editNeverthelessSubmit: "Send nevertheless",
  editNevertheless: (addresses: string[]) =>
    `A customer cannot open ${addresses.slice(0, 5).join(" or ")}: it is an address of your team's own. Take it out, or send the reply nevertheless.`,
  emptyText: "Write the reply first: an empty one cannot be sent.",
  tooLongText: "This is too long for a card. Please shorten it, or answer in Intercom.",
  rejectTitle: "Reject the draft",
  rejectSubmit: "Reject",
  rejectChoice: "Why?",
  rejectText: "In your words",
  rejectHint:
    "The customer gets nothing. An internal note and this card ask a person to answer, unless no answer is needed.",
  redraftTitle: "Draft again",
  redraftSubmit: "Draft again",
  redraftLabel: "What should be different?",
  redraftHint: "For example: shorter; mention the refund policy. The customer gets nothing yet.",
  emptyInstruction: "Say what should be different.",
  fillInTitle: "What the draft lacks",
  fillInSubmit: "Draft again",
  fillInHint:
    "Only for this customer's reply, which is drafted anew and shown here again. Leave empty what you do not know.",
  nothingFilledIn: "Fill in at least one of these.",
  /** What the model is told of it. */
  fact: (question: string, answer: string) => `${question} ${answer}`,
  wrongTitle: "What was wrong?",
  wrongSubmit: "File it",
  wrongLabel: "What should have been said?",
  wrongHint:
    "It is remembered as the answer to this question. Where nobody has written since, a correction for the customer is drafted for review.",
  replyWasWrongSubmit: "File and draft anew",
  replyWasWrongHint:
    "It is remembered as the answer to that question. The draft on this card is written anew, so that it says what was wrong and puts it right; the customer gets nothing yet.",
  emptyCorrection: "Say what should have been said.",
  lostTitle: "Not sent",
};

/** After that nobody is asked to answer any more. */
export const noAnswerNeeded = "No answer needed";

export const rejectReasons = [
  "Wrong",
  "Incomplete",
  "Tone",
  "Not ours to answer",
  noAnswerNeeded,
] as const;

export const thread = {
  earlierDraft: "The draft before:",
  editDifference: "What was changed (struck out: the draft, bold: what was sent):",
  editWithoutDifference: "The sent text differs from the draft; both are too long to compare here.",
};

export const homeWords = {
  nothingWaits: "Nothing waits for a decision",
  waiting: (count: number) =>
    count === 1 ? "One customer waits for a decision" : `${count} customers wait for a decision`,
  stale: "For more than an hour",
  fresh: "For less than an hour",
  needsAnswer: "a person needs to answer",
  notLookedAt: (count: number) =>
    `${count} more conversations wait in Intercom; they were not looked at for this page.`,
  decided: "Decided in the last 24 hours",
  nothingDecided: "Nobody has decided anything.",
  person: (by: string, sent: number, rejected: number) =>
    `${by}: ${sent} sent, ${rejected} rejected`,
  notRead: "The answer memory could not be read, so it is not known.",
  asOf: "As of when you opened this page; open it again for news.",
  notForYou:
    "This page shows customers' questions to the people who decide about drafts. Whoever runs this service can add you.",
  intercomNotRead: "Intercom could not be read, so what waits is not known. Open this page again.",
} as const;

export const knowledgeWords = {
  /** @returns "" where there is nothing to look at */
  toDo({ overtaken, contradictions, suggested }: KnowledgeToDo): string {
    const found = [
      ...(overtaken === 0
        ? []
        : [
            overtaken === 1
              ? "one remembered answer still says what an article said before it was changed"
              : `${overtaken} remembered answers still say what an article said before it was changed`,
          ]),
      ...(contradictions === 0
        ? []
        : [
            contradictions === 1
              ? "one pair of articles contradicts each other"
              : `${contradictions} pairs of articles contradict each other`,
          ]),
      ...(suggested === 0
        ? []
        : [
            suggested === 1
              ? "one question was answered again and again with no article behind it"
              : `${suggested} questions were answered again and again with no article behind them`,
          ]),
    ];
    return found.length === 0 ? "" : `To keep the knowledge true: ${found.join("; ")}.`;
  },
  look: "Look at it",
  lookAt: (url: string) => `Look at it: ${url}`,
} as const;

export const reminderWords = {
  waiting: "is waiting for an answer",
  waitingSince: (since: string) => `has been waiting since ${since}`,
  correction: "was told something wrong and waits for the correction",
  undecided: "Nobody has decided the draft yet.",
  needsAnswer: "A person needs to answer, and the card was not used; perhaps in Intercom?",
  openCard: "Open the card",
} as const;

/** Cards about topics that have earned automatic replies, and what is told of them. */
export const ladderWords = {
  question: (topic: string) => `May replies on “${topic}” go out by themselves?`,
  whatItMeans:
    "Until now people decide each of them. If you let it, those that are sure enough go out without anybody looking. In the first four weeks 20 % of them come here to be checked, later at least five a day; when too many are found wrong, the topic is back in review at once.",
  answered: (topic: string) => `Automatic replies on “${topic}”`,
  nothingToDecide:
    "There is nothing to decide about this topic any more: it was decided already, what it had earned no longer holds, or the policy has no ladder now. Nothing was changed.",
  takenBack: (topic: string, evidence: string) =>
    `Replies on “${topic}” no longer go out by themselves: too many were found wrong (${evidence}). From now on each of them comes here for review, until the topic has earned it anew.`,
  letByPolicy: (topic: string, evidence: string) =>
    `Replies on “${topic}” go out by themselves from now on, as the policy allows: ${evidence}.`,
} as const;

/** The week's digest. */
export const digestWords = {
  title: "The last four weeks",
  picture:
    "Bars of customers' turns by day, the last four weeks: answered by itself, after a person looked, by a teammate, everything else.",
  colours:
    "The last four weeks by day, from below: green by itself, blue after a person looked, brown by a teammate, grey everything else.",
  more: (url: string) => `More: ${url}`,
} as const;

export const mrkdwnLadder = {
  letGo: (by: string, at: string) =>
    `:white_check_mark: *They go out by themselves*, says ${by}, ${at}.`,
  putOff: (by: string, at: string) =>
    `:hourglass: *Not yet*, says ${by}, ${at}. It is asked again after 50 more decisions.`,
};

/** How a conversation came, in words; what is not known stands as Intercom calls it. */
export function channelWords(channel: string): string {
  return channels[channel] ?? channel;
}

const channels: Record<string, string> = {
  conversation: "Messenger",
  email: "e-mail",
  push: "mobile push",
  facebook: "Facebook",
  instagram: "Instagram",
  whatsapp: "WhatsApp",
  sms: "SMS",
  twitter: "X",
  phone_call: "phone",
};

/** Who said something earlier in the conversation. */
export function speakerWords(role: Author["role"], name: string | null): string {
  const called = name === null ? "" : ` (${name})`;
  const speakers: Record<Author["role"], string> = {
    customer: "Customer",
    us: "We answered",
    teammate: `Teammate${called}`,
    bot: `Another bot${called}`,
  };
  return speakers[role];
}

export const mrkdwnBackground = {
  foundWrong: (by: string) => `*${escapeMrkdwn(by)} found the reply that was sent wrong.*`,
  waitingSince: (time: string) => `Waiting since ${time}`,
  rejectedEarlier: (by: string, reason: string | null) =>
    `:no_entry: The earlier draft was rejected by ${escapeMrkdwn(by)}.${mrkdwnReason(reason)}`,
};

/** A time that everybody reads in their own time zone: https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export function mrkdwnTime(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  return `<!date^${Math.floor(atMs / 1000)}^{date_short_pretty} {time}|${iso}>`;
}

/** The same, with how long ago that is when somebody reads it. */
export function mrkdwnTimeAgo(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  return `<!date^${Math.floor(atMs / 1000)}^{date_short_pretty} {time} ({ago})|${iso}>`;
}

/** A person, named without notifying anybody who is not in the channel anyway. */
export function mrkdwnPerson(userId: string): string {
  return /^[UW][A-Z0-9]+$/.test(userId) ? `<@${userId}>` : escapeMrkdwn(userId);
}

function asSentences<Names extends string>(words: Record<Names, string>): Record<Names, string> {
  const sentences = Object.entries<string>(words).map(([name, text]) => [name, `${text}.`]);
  return Object.fromEntries(sentences) as Record<Names, string>;
}
