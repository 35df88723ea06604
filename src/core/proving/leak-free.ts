import { whyNotFor } from "../for-whom.ts";
import type { AnswerMemory, StoredAnswer } from "../knowledge/answer-memory.ts";
import { answerSource } from "../knowledge/memory-sources.ts";
import type { HelpCenter, Memory } from "../ports.ts";
import type { Source } from "../types.ts";
import type { PastTurn } from "./past-turns.ts";

/** What was left out of a recall, by why. */
export type LeakCounts = {
  /** From the conversation itself. */
  sameConversation: number;
  /** Written, or changed, after the customer asked. */
  later: number;
  /** In other words than the teammate's answer by less than a fifth: a macro, or what was learnt from it. */
  nearCopies: number;
};

export type LeakFree = { memory: Memory; helpCenter: HelpCenter; leftOut: LeakCounts };

/** So many times more is asked for, as what must not be used may stand in front. */
const askedFor = 5;
/** Of the words of both, from that share in common on one is a copy of the other. */
const copyShare = 0.8;
const fewestWords = 5;

/**
 * Memory and articles as they could have been used at that time: without the conversation, without
 * anything later, and without near-copies of what the teammate then answered. Nothing is stored.
 *
 * Articles are there only in their present form. One that was changed since is left out, so a help
 * center that is edited often makes the past look worse than it was.
 */
export function leakFree(
  { conversation, answer, askedAt }: Pick<PastTurn, "conversation" | "answer" | "askedAt">,
  doors: { memory: AnswerMemory; helpCenter: HelpCenter },
): LeakFree {
  const leftOut: LeakCounts = { sameConversation: 0, later: 0, nearCopies: 0 };
  const answered = wordsOf(answer);

  const whyLeftOut = (stored: StoredAnswer): keyof LeakCounts | null => {
    if (stored.conversationId === conversation.id) return "sameConversation";
    if (stored.at >= askedAt) return "later";
    return isCopy(wordsOf(stored.answer), answered) ? "nearCopies" : null;
  };
  const isFromThen = ({ at }: Source): boolean => {
    if (at === null || at < askedAt) return true;
    leftOut.later += 1;
    return false;
  };

  return {
    leftOut,
    memory: {
      async recallAnswers(query, { limit, ...asker }, signal) {
        const found = await doors.memory.findAnswers(query, limit * askedFor, signal);
        const usable = found.filter((stored) => {
          const why = whyLeftOut(stored);
          if (why !== null) leftOut[why] += 1;
          return why === null && whyNotFor(answerSource(stored).forWhom, asker) === null;
        });
        return usable.slice(0, limit).map(answerSource);
      },
      async recallConversations(query, whose, limit, signal) {
        const most = limit * askedFor;
        const found = await doors.memory.recallConversations(query, whose, most, signal);
        return found.filter(isFromThen).slice(0, limit);
      },
      async rememberTurns() {},
    },
    helpCenter: {
      async search(query, wanted, signal) {
        const found = await doors.helpCenter.search(
          query,
          { ...wanted, limit: wanted.limit * askedFor },
          signal,
        );
        return found.filter(isFromThen).slice(0, wanted.limit);
      },
    },
  };
}

function isCopy(one: Set<string>, other: Set<string>): boolean {
  if (Math.min(one.size, other.size) < fewestWords) return false;
  const inBoth = [...one].filter((word) => other.has(word)).length;
  return inBoth / (one.size + other.size - inBoth) >= copyShare;
}

function wordsOf(text: string): Set<string> {
  return new Set(
    [...segmenter.segment(text)].flatMap(({ isWordLike, segment }) =>
      isWordLike ? segment.toLowerCase() : [],
    ),
  );
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
