import type { StoredAnswer, StoredConversation } from "../knowledge/answer-memory.ts";
import { isPeoplesWord } from "../knowledge/forgotten-answers.ts";
import type { Conversation } from "../types.ts";
import type { Learnt } from "./question-answer-pairs.ts";

/** What is stored of a conversation and no longer true to it. */
export type StaleMemories = {
  /** Parts that were redacted or removed: everything stored under them goes. */
  partIds: string[];
  /** Answers that go although their part is still there. */
  answerIds: string[];
};

/** A shorter text ("ok") may stand in a question by chance. */
const tellingLength = 8;

/**
 * Compares what is stored of a conversation with what it says now. What cannot be judged stays: parts
 * older than those that Intercom still shows (`isCut`), and what was written after our reading.
 *
 * Answers of teammates follow the conversation. Answers from reviews are only removed with their
 * part, or when their question contains what was redacted since.
 */
export function staleMemories(
  stored: StoredConversation,
  conversation: Conversation,
  learnt: Learnt,
  isCut: boolean,
): StaleMemories {
  const oldestShown = isCut ? (conversation.parts[1]?.at ?? conversation.updatedAt) : 0;
  const canBeJudged = ({ at }: { at: number }) => at >= oldestShown && at <= conversation.updatedAt;

  const said = new Set(learnt.turns.map(({ partId }) => partId));
  const staleTurns = stored.turns.filter((turn) => !said.has(turn.partId) && canBeJudged(turn));
  const removedTexts = staleTurns
    .map(({ text }) => text.trim())
    .filter((text) => text.length >= tellingLength);

  const answered = new Set(learnt.answers.map(({ partId }) => partId));
  const staleAnswers = stored.answers.filter((answer) => {
    const { partId, author } = answer;
    const questions = questionsIn(answer);
    if (removedTexts.some((text) => questions.some((question) => question.includes(text)))) {
      return true;
    }
    if (partId === null || partId === "" || !canBeJudged(answer)) return false;
    // What a reviewer said instead of a reply of ours is a teammate's too, and stays with the reply.
    if (author === "teammate" && !isPeoplesWord(answer)) return !answered.has(partId);
    return !said.has(partId);
  });
  return {
    partIds: staleTurns.map(({ partId }) => partId),
    answerIds: staleAnswers.map(({ id }) => id),
  };
}

/** As it is asked now and as it was asked before somebody changed it. */
function questionsIn({ question, changes = [] }: StoredAnswer): string[] {
  return [question, ...changes.flatMap(({ before }) => before?.question ?? [])];
}
