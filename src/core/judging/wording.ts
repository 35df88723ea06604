import { isBlank } from "../blank.ts";
import type { ShownFact } from "../customer.ts";
import { targetText } from "../hand-off.ts";
import type { HandOffSheet } from "../hand-off-sheet.ts";
import { languageName } from "../language-name.ts";
import { markLine } from "../note-marks.ts";
import type {
  Card,
  Decision,
  Draft,
  JourneyReport,
  NoDraft,
  QuietReason,
  ReviewReason,
  Source,
  Translation,
  Turn,
} from "../types.ts";
import { builtInWords } from "./built-in-escalations.ts";
import { missingFactsRule } from "./overdue-facts.ts";

const longestFact = 120;
const longestQuestion = 600;
const longestSaid = 300;

/** Why a draft is shown to a person, in words for cards, notes and pages. */
export const reviewReasons: Record<ReviewReason, string> = {
  "no-draft": "There is no draft: a person needs to answer",
  "unseen-image": "There is an image it could not look at",
  "unread-attachment": "There is an attachment it cannot read",
  "missing-parts": "The conversation is so long that Intercom does not show all of it",
  "unknown-part": "There are words on a part of a kind that it does not know",
  "customer-unread": "What Intercom knows of the customer could not be read",
  "lookup-failed": "Something that the answer needs could not be looked up",
  "taken-for-spam": "The message was taken for spam",
  "needs-human": "The customer needs a person",
  "written-anew": "A teammate had the draft written anew",
  escalated: "A rule asks for a person",
  "unknown-link": "The draft contains a link that no source has",
  "repeats-prompt": "The draft repeats what the model was told, word for word",
  "unsupported-claim": "The draft says something that its sources do not say",
  "outdated-answer":
    "The draft rests on an earlier answer, and an article that was changed since says something else",
  doubted: "The model that checks drafts doubts that the sources carry all of it",
  "not-checked": "The model that checks drafts did not say whether the sources carry it",
  "internal-source": "The draft rests on internal material",
  "for-whom-unknown":
    "The draft rests on a source for particular brands or plans, and it is not known that they are this customer's",
  "low-confidence": "It is not sure enough to answer by itself",
  "not-calibrated":
    "It is not known how often such drafts were right; whoever runs this service can have it measured (docs/proof.md)",
  "asked-for": "A teammate asked for a draft",
  "with-people": "People were already asked about an earlier message of this customer",
  "teammate-silent": "A teammate had taken the conversation and has not written for a long time",
  "many-replies":
    "The customer has had many automatic replies in this conversation, so a person should look",
  "waited-long": "The customer has waited too long for an automatic reply",
  "intercom-refused":
    "Intercom took neither the reply nor a note: this card is the only place where the draft stands. Tell whoever runs this service; once it is mended, the draft can be sent from here",
  "daily-limit": "What may go out by itself on one day has gone out (daily_limit)",
  "not-earned":
    "Drafts like it have not earned automatic replies yet (ladder): each decision here counts",
  "review-mode": "Every draft is reviewed by a person",
  "audit-sample": "A sample of the automatic replies is checked by a person",
};

/** Why nothing was said, in words for logs and pages. */
export const quietReasons: Record<QuietReason, string> = {
  "conversation-gone": "The conversation does not exist any more",
  "not-a-customers-turn": "No customer has written here",
  "already-answered": "The customer already has an answer from us",
  "teammate-answered": "A teammate has answered",
  "other-bot-answered": "Another bot has answered",
  "conversation-closed": "The conversation is closed",
  "conversation-snoozed": "The conversation is snoozed",
  "unsupported-channel":
    "The customer called, or wrote where Intercom does not pass on the words: a person must answer",
  "internal-ticket": "It is a ticket among teammates (back-office or tracker)",
  "excluded-by-tag": "The conversation's tags leave it to people",
  "excluded-by-policy": "A rule of the policy file leaves the conversation to people",
  "already-handled": "A draft or a note for this message is already there",
  "handed-over":
    "The conversation was handed over to people; closing it, assigning it to this program's teammate or the policy's back_tag gives it back",
  "bot-at-work": "A bot has said something that is no answer yet, and may go on",
  "only-thanks": "The customer only said thanks or goodbye for an answer",
  "automatic-sender":
    "The message was written by a program (an out-of-office note, a delivery failure, a no-reply sender, or one that answers itself)",
  "fin-active": "Fin is talking to the customer",
  "teammate-active": "A teammate is working on the conversation",
  "waited-too-long": "The customer has waited so long that a person should answer",
  "shadow-mode": "Drafts are neither shown nor sent here (shadow)",
  "given-up":
    "Intercom refused reply and note three times; whoever runs this service finds the reason in its log",
};

/** Why a draft is reviewed, with the rule that says so, if one does. */
function explainReview(reason: ReviewReason, rule?: string): string {
  if (rule === undefined) return reviewReasons[reason];
  if (rule === missingFactsRule) {
    return "Nobody has filled in in time what the draft lacks (missing_facts)";
  }
  const builtIn = builtInBehind({ reason, rule });
  if (builtIn !== null) return `${builtIn.why} (rule ${rule})`;
  return `The policy file's rule “${rule}” asks a person to review the draft`;
}

type Sureness = Pick<Draft, "confidence" | "calibrated">;

/**
 * Why a draft is reviewed, with the confidence where that is the reason, and what it has meant so far
 * where no more than the mode asked for a review: beside any other reason a number would only seem
 * to contradict it.
 */
export function explainReviewWithRating(
  { reason, rule }: { reason: ReviewReason; rule?: string | undefined },
  draft: Sureness,
): string {
  const why = explainReview(reason, rule);
  if (rule === undefined && reason === "low-confidence") {
    return `${why}: the model calls its draft ${rating(draft.confidence)} (${confidenceWords(draft)})`;
  }
  const isByMode = reason === "review-mode" || reason === "audit-sample";
  if (!isByMode || draft.calibrated === undefined) return why;
  return `${why}: the model is sure to ${confidenceWords(draft)}`;
}

/** A confidence from 0 to 1 in words. */
function rating(confidence: number): string {
  if (confidence < 0.3) return "a guess";
  if (confidence < 0.6) return "doubtful";
  return confidence < 0.8 ? "probably right" : "very probably right";
}

/** Whether a card should be opened before all others. */
export function isUrgent(why: { reason: ReviewReason; rule?: string | undefined }): boolean {
  return builtInBehind(why)?.isUrgent ?? urgentReasons.has(why.reason);
}

/** The words of the built-in rule that asks for the review, or `null` where none does. */
export function builtInBehind({
  reason,
  rule,
}: {
  reason: ReviewReason;
  rule?: string | undefined;
}) {
  return reason === "escalated" && rule !== undefined ? (builtInWords[rule] ?? null) : null;
}

const urgentReasons = new Set<ReviewReason>(["no-draft", "needs-human", "intercom-refused"]);

/** The decision in words. */
export function explainDecision(decision: Decision): string {
  if (decision.action === "review") return explainReview(decision.reason, decision.rule);
  if (decision.action === "hand-off") {
    const why = explainReview("escalated", decision.rule);
    return decision.reason === "escalated"
      ? `Handed over to people. ${why}`
      : `Handed over to people: the customer accepted the offer. It was made because: ${why}`;
  }
  if (decision.action === "offer") {
    return `The customer is asked whether a colleague shall take over. ${explainReview("escalated", decision.rule)}`;
  }
  if (decision.reason === "left-to-people") {
    return decision.rule === "only"
      ? "No rule of the policy file's “only” lets the conversation be answered"
      : `The policy file's rule “${decision.rule}” leaves the conversation to people`;
  }
  if (decision.rule !== undefined) {
    if (decision.action === "stay-quiet") {
      return `The policy file's rule “${decision.rule}” has drafts neither shown nor sent`;
    }
    return decision.action === "reply"
      ? `The confidence reaches the threshold, and the policy file's rule “${decision.rule}” lets replies go out`
      : `The policy file's rule “${decision.rule}” has drafts only noted`;
  }
  const reasons: Record<
    Exclude<
      Extract<Decision, { action: "reply" | "note" | "stay-quiet" }>["reason"],
      "left-to-people"
    >,
    string
  > = {
    confident: "The confidence reaches the threshold",
    "no-draft": "There is no draft",
    "empty-draft": "The model wrote no reply",
    "taken-for-spam": "The message was taken for spam",
    "note-mode": "Drafts are only noted, not sent",
    "no-answer-needed": "The customer's message needs no answer",
    "shadow-mode": "Drafts are neither shown nor sent (REPLY_MODE=shadow)",
  };
  return reasons[decision.reason];
}

/** What a turn ended in, in words for logs and pages. */
export function explainOutcome(outcome: JourneyReport["outcome"]): string {
  switch (outcome.kind) {
    case "replied":
      return "The reply was sent";
    case "in-review":
      return "The draft waits for a person";
    case "handed-over":
      return outcome.replyId === null
        ? "The conversation was handed over to people; the customer was told nothing"
        : "The conversation was handed over to people, and the customer was told";
    case "offered":
      return "The customer was asked whether a colleague shall take over";
    case "noted":
      return "An internal note was left for the team";
    case "no-answer-needed":
      return "No answer is needed; a note says so";
    case "quiet":
      return outcome.rule === undefined
        ? quietReasons[outcome.reason]
        : `The policy file's rule “${outcome.rule}” leaves the conversation to people`;
    case "refused":
      return outcome.explanation;
  }
}

/** What of a draft its sources do not carry, a line each. */
export function claimLines({ unsupported = [] }: Pick<Draft, "unsupported">): string[] {
  return unsupported.slice(0, mostClaims).map(({ kind, sentence, words, isUnquoted }) => {
    const quoted = `“${sentence.slice(0, longestQuote)}”`;
    if (isUnquoted) {
      const what = words === "" ? "this" : `“${words}”`;
      return `No passage that the model copied from a source carries ${what}: ${quoted}`;
    }
    if (kind !== "negation") return `No source has “${words}”: ${quoted}`;
    if (words === "") return `No source denies this: ${quoted}`;
    return `A source says otherwise (“${words.slice(0, longestQuote)}”): ${quoted}`;
  });
}

/** What the model says to the teammate beside the draft: what it lacks, and what it promises. */
function forTeammate({ missing = [], promises = [] }: Draft): string[] {
  return [
    ...(missing.length === 0 ? [] : [`The draft lacks what only you can know: ${listed(missing)}`]),
    ...(promises.length === 0 ? [] : [`The draft promises: ${listed(promises)}`]),
  ];
}

const listed = (words: string[]) => words.map(bare).join(" · ");

/** Passages that the model says it copied and that stand in no source, a line each. */
export function inventedQuotes({ quotes = [] }: Pick<Draft, "quotes">): string[] {
  return quotes
    .filter(({ isStanding }) => !isStanding)
    .slice(0, mostClaims)
    .map(
      ({ text }) => `The model quotes what stands in no source: “${text.slice(0, longestQuote)}”`,
    );
}

/** The words of a draft that its sources do not carry: of a denial the whole sentence. */
export function claimedWords({ unsupported = [] }: Pick<Draft, "unsupported">): string[] {
  return unsupported
    .slice(0, mostClaims)
    .map(({ kind, sentence, words }) => (kind === "negation" ? sentence : words));
}

const mostClaims = 5;
const longestQuote = 200;

/** The note for a draft that waits for a decision on a card. */
export function noteInReview(
  turn: Turn,
  draft: Draft,
  decision: { reason: ReviewReason; rule?: string | undefined },
  card: Card,
  known: ShownFact[],
): string {
  const link = card.url === null ? "in Slack" : `[in Slack](${card.url})`;
  return note(
    `**A drafted reply waits for review ${link}.** ${explainReviewWithRating(decision, draft)}.`,
    ...factLine(known),
    ...(card.holdsDraft
      ? []
      : ["The draft is too long for the card. Here it is in full:", draft.reply]),
    markLine({
      basePartId: turn.basePartId,
      outcome: "in-review",
      cardId: card.id,
      ...((draft.missing ?? []).length === 0 ? {} : { lacksIn: draft.language }),
    }),
  );
}

/** The note that carries a draft itself: in note mode, without Slack, or when Slack fails. */
export function noteWithDraft(
  turn: Turn,
  draft: Draft,
  why: string,
  { known, forTeam }: { known: ShownFact[]; forTeam: Source[] },
): string {
  return note(
    `**Drafted reply, not sent.** ${why}. Confidence ${confidenceWords(draft)}: ${draft.reasoning}`,
    ...factLine(known),
    ...(draft.usedSources.length === 0 ? [nothingSupports] : []),
    ...claimLines(draft),
    ...forTeammate(draft),
    "Copy, change or ignore it; the customer has not seen it:",
    draft.reply,
    ...translationLines(draft),
    ...sourceList("Sources", draft.usedSources),
    ...sourceList("For you (internal)", unused(forTeam, draft)),
    markLine({ basePartId: turn.basePartId, outcome: "noted", cardId: null }),
  );
}

/** Why there is no draft, for the teammate who must answer; `null`: the model wrote an empty one. */
export function explainNoDraft(noDraft: NoDraft | null): string {
  if (noDraft === null) return "The model wrote no reply to these messages.";
  const { explanation, advice } = noDraft;
  if (advice === undefined) return explanation;
  return `${explanation} Please tell whoever runs this service; its log says what to do.`;
}

/**
 * The note that asks a person to answer because there is no usable draft.
 *
 * @param card the one that asks for an answer too; `null` where there is none
 */
export function noteWithoutDraft(
  turn: Turn,
  noDraft: NoDraft | null,
  card: Card | null,
  forTeam: Source[],
): string {
  const { basePartId } = turn;
  const link = card?.url ? `[in Slack](${card.url})` : "in Slack";
  return note(
    `**No drafted reply: a person needs to answer.** ${explainNoDraft(noDraft)}`,
    ...(card === null ? [] : [`A card ${link} asks for an answer; it can be written there too.`]),
    ...sourceList("For you (internal)", forTeam),
    card === null
      ? markLine({ basePartId, outcome: "noted", cardId: null })
      : markLine({ basePartId, outcome: "in-review", cardId: card.id }),
  );
}

/**
 * The note with everything that whoever takes over needs. It is written before anything is done, and
 * says so: what it announces is done by whoever reads it next in this program's name.
 */
export function noteHandOff(sheet: HandOffSheet, { basePartId }: Turn): string {
  const { decision, question, summary, tried, signs, suggested, missing, translation } = sheet;
  const { action, rule, target, told, language } = decision;
  const isHandOff = action === "hand-off";
  return note(
    `**${isHandOff ? "Handed over" : "Offered a colleague"}.** ${explainDecision(decision)}.`,
    told === null ? "The customer is told nothing." : `The customer is told: ${bare(told)}`,
    ...(isBlank(summary) ? [] : [`In short: ${bare(summary)}`]),
    `Open question: ${bare(shortened(question, longestQuestion))}`,
    `So far: ${repliesSoFar(tried)}`,
    ...(isBlank(tried.last) ? [] : [`We said last: ${bare(shortened(tried.last, longestSaid))}`]),
    ...(signs.length === 0 ? [] : [`The model takes it as: ${listed(signs)}`]),
    ...factLine(sheet.customer),
    ...(missing.length === 0 ? [] : [`The draft lacks what only you can know: ${listed(missing)}`]),
    ...(suggested === null
      ? []
      : [
          `A reply that could be sent (confidence ${percent(suggested.confidence)}): ${suggested.reasoning}`,
          suggested.reply,
          ...sourceList("Sources", sheet.sources),
        ]),
    ...translationLines({ translation }),
    ...sourceList("Found besides", sheet.consulted.slice(0, mostConsulted)),
    markLine({
      basePartId,
      outcome: isHandOff ? "handing-over" : "offered",
      cardId: null,
      next: { rule, to: targetText(target), language },
    }),
  );
}

const mostConsulted = 5;

/** How often we replied, in words. */
export function repliesSoFar({ replies }: HandOffSheet["tried"]): string {
  const count = replies === 0 ? "no" : String(replies);
  return `${count} automatic ${replies === 1 ? "reply" : "replies"} since the customer opened the conversation.`;
}

/** The note where a rule leaves the matter to people and only the draft could tell: it is not shown. */
export function noteLeftToPeople(
  turn: Turn,
  decision: Extract<Decision, { reason: "left-to-people" }>,
): string {
  return note(
    `**Left to people: nothing was sent.** ${explainDecision(decision)}.`,
    markLine({ basePartId: turn.basePartId, outcome: "noted", cardId: null }),
  );
}

/** The note on advertising and the like, so that a customer who was taken for it is found. */
export function noteTakenForSpam(turn: Turn, draft: Draft): string {
  return note(
    `**Taken for spam: nothing was sent.** The model thinks so (${percent(draft.confidence)}): ${draft.reasoning}`,
    "If a customer wrote this after all, a person needs to answer.",
    markLine({ basePartId: turn.basePartId, outcome: "noted", cardId: null }),
  );
}

/** The note on a message such as "thanks!", so that nobody wonders why it stays unanswered. */
export function noteNoAnswerNeeded(turn: Turn, draft: Draft): string {
  return note(
    `**No answer needed**, the model thinks (${percent(draft.confidence)}): ${draft.reasoning}`,
    markLine({ basePartId: turn.basePartId, outcome: "no-answer-needed", cardId: null }),
  );
}

/** A confidence from 0 to 1 as people read it; never rounded up to a threshold it did not reach. */
export function percent(confidence: number): string {
  return `${Math.floor(confidence * 100 + 1e-9)} %`;
}

/** The model's own number, and what it has meant so far where that is known. */
export function confidenceWords({ confidence, calibrated }: Sureness): string {
  const own = percent(confidence);
  return calibrated === undefined
    ? own
    : `${own}; drafts like it were right in ${percent(calibrated)} so far`;
}

/** "plan: Pro · country: Norway"; of the customer's own words nothing is read as Markdown. */
function factLine(known: ShownFact[]): string[] {
  if (known.length === 0) return [];
  const facts = known.map(
    ({ name, value }) => `${bare(name)}: ${bare(shortened(value, longestFact))}`,
  );
  return [`Known of the customer: ${facts.join(" · ")}`];
}

/** Somebody's words, of which nothing is read as Markdown. */
function bare(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[^\p{L}\p{N}\s]/gu, "\\$&");
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** For a team that does not read the customer's language. */
function translationLines({ translation }: { translation?: Translation | undefined }): string[] {
  if (translation === undefined) return [];
  const { language, messages, reply } = translation;
  const name = languageName(language) ?? language;
  return [
    ...(isBlank(messages) ? [] : [`What the customer wrote, in ${name}: ${bare(messages)}`]),
    ...(isBlank(reply) ? [] : [`The draft in ${name}, for you only: ${bare(reply)}`]),
  ];
}

/** A reviewer must know it before reading on. */
const nothingSupports =
  "**Nothing supports this draft:** it rests on no article and on no earlier answer.";

function unused(sources: Source[], { usedSources }: Draft): Source[] {
  const used = new Set(usedSources.map(({ id }) => id));
  return sources.filter(({ id }) => !used.has(id));
}

function sourceList(title: string, sources: Source[]): string[] {
  if (sources.length === 0) return [];
  return [`${title}:\n\n${sources.map((source) => `- ${sourceLine(source)}`).join("\n")}`];
}

/** Its title, which leads to where a teammate can read it whole, or where it lies. */
function sourceLine({ title, url, page, place }: Source): string {
  const address = url ?? page;
  const words = address === undefined ? bare(title) : `[${bare(title)}](${address})`;
  return url !== null || place === undefined ? words : `${words} (${bare(place)})`;
}

function note(...paragraphs: string[]): string {
  return paragraphs.join("\n\n");
}
