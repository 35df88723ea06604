import { withoutAttachmentMarks } from "../attachment-marks.ts";
import { isBlank } from "../blank.ts";
import { keptQuestion } from "../follow-up.ts";
import type { RememberedAnswer } from "../knowledge/answer-memory.ts";
import type { RememberedTurn } from "../ports.ts";
import { smallTalk } from "../small-talk.ts";
import { brandOf, contactIdOf } from "../turn.ts";
import type { Conversation, Part } from "../types.ts";

/** Why something that was said is not kept. */
type LeftOutReason =
  /** Of Fin or another bot. */
  | "bot"
  | "note"
  /** Assignments, closings, automatic notices and whatever else carries no words between people. */
  | "notice"
  /** Written in our name: reviewed answers are remembered when they are sent, others never. */
  | "our-reply"
  | "greeting"
  /** "Let me check." */
  | "holding"
  /** Too few words to be of use to anybody else. */
  | "too-short"
  /** A question that points back ("yes please") to something that nobody asked here. */
  | "follow-up"
  /** A teammate's message that no question came before. */
  | "unasked"
  /** A question that no person has answered. */
  | "unanswered";
export type LeftOut = Partial<Record<LeftOutReason, number>>;

/** What is worth keeping of a conversation. */
export type Learnt = {
  /** What customer, teammates and we said, for the conversation's own memory. */
  turns: RememberedTurn[];
  /** Questions with the answers that people gave, for the answer catalogue. */
  answers: RememberedAnswer[];
  /** How many parts (of answers: answers) are not in the catalogue, and why. */
  leftOut: LeftOut;
};

const fewestAnswerWords = 4;

/**
 * Takes a conversation apart into what is worth keeping.
 *
 * Several customer messages before an answer are one question, several messages of teammates before
 * the customer's next are one answer, under the id of its first. A reply of ours ends a question
 * when the customer writes again; a teammate who writes right behind it corrects it, and that
 * correction is the answer to remember.
 *
 * @param languageOf the ISO 639-1 code of a text's language, or `null`
 */
export function learnFrom(
  conversation: Conversation,
  languageOf: (text: string) => string | null,
): Learnt {
  const pairs = createPairs(conversation);
  for (const part of conversation.parts) pairs.take(part);
  pairs.closeAnswer();
  pairs.closeQuestion();
  // All questions together tell more surely than each, and detecting is the dearest step of all.
  const questions = pairs.answers.map(({ question }) => question).join("\n");
  const language = questions === "" ? null : languageOf(questions);
  const answers = pairs.answers.map((answer) => ({ ...answer, language }));
  return { turns: turnsOf(conversation), answers, leftOut: pairs.leftOut };
}

function createPairs(conversation: Conversation) {
  const answers: RememberedAnswer[] = [];
  const leftOut: LeftOut = {};
  let question: string[] = [];
  let answer: Part[] = [];
  let isAnsweredByUs = false;
  /** The last answered question, as it would be kept: a follow-up leans on it. */
  let earlier: string | null = null;

  const leaveOut = (reason: LeftOutReason) => {
    leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  };

  const closeQuestion = () => {
    if (question.length > 0 && !isAnsweredByUs) leaveOut("unanswered");
    earlier = keptQuestion(askedText(), earlier) ?? earlier;
    question = [];
    isAnsweredByUs = false;
  };

  const askedText = () => question.join("\n\n");

  const closeAnswer = () => {
    const [first] = answer;
    if (first === undefined) return;
    const text = answer.map((part) => part.text.trim()).join("\n\n");
    const asked = keptQuestion(askedText(), earlier);
    if (countOwnWords(text) < fewestAnswerWords || countOwnWords(askedText()) === 0) {
      leaveOut("too-short");
    } else if (asked === null) {
      leaveOut("follow-up");
    } else {
      answers.push({
        question: asked,
        answer: text,
        status: "answer",
        author: "teammate",
        conversationId: conversation.id,
        partId: first.id,
        at: first.at,
        language: null,
        url: null,
        decision: null,
        draftedFrom: [],
        ...brandOf(conversation),
      });
    }
    earlier = asked ?? earlier;
    question = [];
    answer = [];
    isAnsweredByUs = false;
  };

  const take = (part: Part) => {
    if (part.isOutOfSight) {
      closeAnswer();
      closeQuestion();
      earlier = null;
      return;
    }
    if (part.kind === "note") return leaveOut("note");
    if (part.author.role === "bot") return leaveOut("bot");
    if (part.kind === "event" || isBlank(part.text)) return leaveOut("notice");
    if (part.author.role === "us") {
      closeAnswer();
      isAnsweredByUs = question.length > 0;
      return leaveOut("our-reply");
    }
    if (part.author.role === "customer") {
      closeAnswer();
      if (isAnsweredByUs) closeQuestion();
    }
    const empty = smallTalk(part.text);
    if (empty !== null) return leaveOut(empty);
    if (part.author.role === "customer") question.push(part.text.trim());
    else if (question.length > 0) answer.push(part);
    else leaveOut("unasked");
  };

  return { answers, leftOut, take, closeAnswer, closeQuestion };
}

/** Words beside the marks that stand for pictures and files. */
function countOwnWords(text: string): number {
  const own = withoutAttachmentMarks(text);
  let count = 0;
  for (const { isWordLike } of segmenter.segment(own)) if (isWordLike) count += 1;
  return count;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/**
 * Each message belongs to the customer who wrote it, an answer to whoever wrote last before it, and
 * what was written before any customer to the first who did.
 */
function turnsOf({ id, parts }: Conversation): RememberedTurn[] {
  let contactId = contactIdOf(parts.find(isCustomers));
  return parts.flatMap((part) => {
    const { role } = part.author;
    if (isCustomers(part)) contactId = contactIdOf(part);
    if (part.kind !== "comment" || role === "bot" || isBlank(part.text)) return [];
    if (contactId === null || part.isOutOfSight) return [];
    return {
      conversationId: id,
      contactId,
      partId: part.id,
      speaker: role,
      text: part.text,
      at: part.at,
    };
  });
}

function isCustomers({ kind, author }: Part): boolean {
  return kind === "comment" && author.role === "customer";
}
