import { namedFor } from "../for-whom.ts";
import { explainDecision, explainOutcome, percent } from "../judging/wording.ts";
import type { MarkedOutcome } from "../note-marks.ts";
import type { Hint, QuietReason } from "../types.ts";
import type { KnownLook, KnownOutcome } from "./recent-journeys.ts";

/** What somebody can do about it, for each reason to stay quiet. */
export const whatToDo: Record<QuietReason, string> = {
  "conversation-gone":
    "See whether the id is right, and whether the token belongs to the workspace in which it stands.",
  "handed-over":
    "The team that has it should answer. To give it back, close it or assign it to this program's teammate.",
  "shadow-mode": "Answer by hand: the draft was only made to see what would become of it.",
  "not-a-customers-turn": "Nothing: there is nobody to answer.",
  "already-answered": "Nothing: the customer has their answer.",
  "teammate-answered": "Nothing: a teammate has answered.",
  "other-bot-answered":
    "Where that bot should not answer, switch it off for these conversations in Intercom.",
  "conversation-closed": "Open it again, if the customer still needs an answer.",
  "conversation-snoozed": "Wake it, if the customer should be answered now.",
  "unsupported-channel": "Answer by hand.",
  "internal-ticket": "Answer by hand, if an answer is wanted.",
  "excluded-by-tag": "Change its tags, or ONLY_TAGS and SKIP_TAGS.",
  "excluded-by-policy": "Answer by hand, or change the rule in the policy file.",
  "already-handled": "See the note in the conversation: it says who has to do what.",
  "bot-at-work": "Wait until that bot is done or has been silent for BOT_PATIENCE_MINUTES.",
  "only-thanks": "Nothing: thanks need no answer.",
  "automatic-sender": "Answer by hand, if a person wrote it after all.",
  "fin-active": "Wait until Fin hands it over, or end Fin's part in Intercom.",
  "teammate-active":
    "Whoever has taken it should answer. To have it drafted again, close it and let the customer write; otherwise TEAMMATE_PATIENCE_HOURS says when a silent teammate counts as gone.",
  "waited-too-long":
    "Answer by hand: SWEEP_MAX_AGE_MINUTES leaves those who waited for so long to people.",
  "given-up":
    "Answer by hand. Then see in the log at “refused by Intercom” what Intercom said; often INTERCOM_ADMIN_ID is wrong or has no seat.",
};

export const hintWords: Record<Hint["from"], string> = {
  webhook: "a notification arrived",
  sweep: "the sweep found it",
  retry: "it was due again after an error",
  card: "a verdict in Slack asked for a new look",
};

export const markWords: Record<MarkedOutcome, string> = {
  "in-review": "our note says: a drafted reply waits for review in Slack",
  noted: "our note asks a person to answer",
  rejected: "our note says: the drafted reply was rejected, a person needs to answer",
  "no-answer-needed": "our note says: no answer is needed",
  "taken-over": "our note says: a person took it over from the card",
  "handing-over": "our note says: the conversation is handed over to people",
  offered: "our note says: the customer is asked whether a colleague shall take over",
};

/** What somebody has to do about what our newest note says. */
export const markToDo: Record<MarkedOutcome, string> = {
  "in-review": "Decide the card in Slack; the note in the conversation links to it.",
  noted: "Answer by hand; the draft, if there is one, stands in the note.",
  rejected: "Answer by hand: the draft was rejected.",
  "no-answer-needed": "Answer by hand, if an answer is needed after all.",
  "taken-over": "Whoever took it over should answer.",
  "handing-over":
    "The team that has it should answer; closing it or assigning it to this program's teammate gives it back.",
  offered: "Nothing: the customer's answer decides.",
};

/** What stands above each part of an explanation. */
export const titles = {
  happened: "What happened",
  nothingKnown: "Nothing that is known.",
  now: "Now",
  next: "If it were looked at now",
  toDo: "What to do",
  unknown: "Not known",
};

export const sentences = {
  customerWrote: (characters: number, attachments: number) =>
    `the customer wrote ${counted(characters, "character")}${
      attachments === 0 ? "" : ` and sent ${counted(attachments, "attachment")}`
    }`,
  weReplied: "we replied",
  teammateReplied: (name: string | null) => `${name ?? "a teammate"} replied`,
  botReplied: (name: string | null) => `${name ?? "a bot"} answered`,
  botSpoke: (name: string | null) => `${name ?? "a bot"} said something that is no answer`,
  teammateNoted: (name: string | null) => `${name ?? "somebody"} left a note`,
  closed: "it was closed",
  opened: "it was opened",
  assigned: "a person was given it, or took it",

  nowGone: "There is no such conversation in this workspace, or it was deleted.",
  nowWaiting: "A customer waits for an answer, and nothing keeps the service from drafting one.",
  nowQuiet: (reason: string) => `${reason}.`,

  nextNothing: "Nothing, until somebody writes or its state changes.",
  nextLookAgain: (at: string) => `Nothing before ${at}; then it is looked at again.`,
  nextAutomatic: (threshold: number) =>
    `A reply is drafted. It goes out by itself if its confidence reaches ${percent(threshold)} and no rule asks for a person; otherwise people are asked.`,
  nextTooOld:
    "A reply is drafted and people are asked: the customer has waited too long for an automatic one.",
  nextReview: (rule: string | null) => `A reply is drafted, and people are asked${by(rule)}.`,
  nextNote: (rule: string | null) => `A reply is drafted and left as a note${by(rule)}.`,

  doWait: "Wait: it is being looked at, or about to be.",
  doWaitForSweep:
    "Wait for the next sweep, which finds it: no notification of it has come since the last look. If that happens often, see the webhook's page in Intercom's Developer Hub.",
  doMend: (why: string) => `Mend what stands in the way, then it is looked at again: ${why}`,
  doStartService:
    "See whether the service runs (make logs, or make prod-ready): with it running the next sweep finds this conversation.",

  unknownBefore: (at: string) =>
    `What the service knew before its start at ${at} is gone: whether notifications came, and what was drafted.`,
  unknownService:
    "The service was not asked: which notifications came, what was recalled and drafted, and what went wrong stands in its log only.",
  unknownReplicas:
    "Only this replica was asked; what another one recalled, drafted and decided stands in its log.",
  unknownParts: "Intercom shows only the newest parts of this conversation.",
};

/** "looked at, because a notification arrived: recalled 2 answers; drafted with 85 % …" */
export function explainLook(look: KnownLook): string {
  const said = [
    recalledWords(look),
    draftedWords(look),
    look.decision === null
      ? null
      : `decided ${look.decision.action}: ${explainDecision(look.decision)}`,
    outcomeWords(look.outcome),
  ].filter((words) => words !== null);
  return `looked at because ${hintWords[look.from]}: ${said.join("; ")} (${timesWords(look)})`;
}

/** "4.1 s: read 0.3, draft 3.2 …", the steps that took no time left out. */
function timesWords({ startedAt, endedAt, steps }: KnownLook): string {
  const names = [...new Set(steps.map(({ name }) => name))];
  const long = names.flatMap((name) => {
    const own = steps.filter((step) => step.name === name);
    const words = inSeconds(own.reduce((sum, { durationMs }) => sum + durationMs, 0));
    return words === "0.0" ? [] : [`${name} ${words}`];
  });
  const total = `${inSeconds(endedAt - startedAt)} s`;
  return long.length === 0 ? total : `${total}: ${long.join(", ")}`;
}

function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function recalledWords({ recalled }: KnownLook): string | null {
  if (recalled === null) return null;
  const { answers, articles, conversations, failures, leftOut = [] } = recalled;
  const found = `${counted(answers, "answer")}, ${counted(articles, "article")}, ${counted(conversations, "earlier message")}`;
  const failed = failures.length === 0 ? "" : ` (not asked: ${failures.join(", ")})`;
  // An answer is called by a customer's question.
  const others = leftOut.map(({ kind, title, forWhom }) => {
    const what = kind === "article" ? `“${title}”` : "an answer";
    return `${what} (${namedFor(forWhom).join(", ")})`;
  });
  const left = others.length === 0 ? "" : `, left out what is for others: ${others.join(", ")}`;
  return `recalled ${found}${failed}${left}`;
}

function draftedWords({ confidence, noDraft }: KnownLook): string | null {
  if (noDraft !== null) return `no draft: ${noDraft}`;
  return confidence === null ? null : `drafted with a confidence of ${percent(confidence)}`;
}

function outcomeWords(outcome: KnownOutcome): string {
  switch (outcome.kind) {
    case "quiet":
      return `stayed quiet: ${explainOutcome(outcome)}`;
    case "refused":
      return `Intercom refused it: ${outcome.explanation}`;
    case "broke-off":
      return `broke off, to be looked at again: ${outcome.explanation}`;
    case "replied":
      return "the reply was sent";
    case "in-review":
      return "a card asks people in Slack";
    case "handed-over":
      return "it was handed over to people";
    case "offered":
      return "the customer was asked whether a colleague shall take over";
    case "noted":
      return "an internal note was left for the team";
    case "no-answer-needed":
      return "no answer is needed; a note says so";
  }
}

function by(rule: string | null): string {
  return rule === null ? " (REPLY_MODE)" : ` by the policy file's rule “${rule}”`;
}

function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
