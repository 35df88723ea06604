import type { AnswerMemory, RememberedAnswer } from "../../core/knowledge/answer-memory.ts";
import type { Clock, Inbox, Log } from "../../core/ports.ts";
import { rememberVerdict } from "../../core/reviewing/remember-verdict.ts";
import { answeredTurn } from "../../core/reviewing/review-standing.ts";
import type { Entry, Incoming } from "./protocol.ts";
import type { Session } from "./session.ts";
import { sentences } from "./wording.ts";

const memoryTimeoutMs = 10_000;

type Asked = Extract<Incoming, { type: "lesson" }>;
type Lesson = Pick<Asked, "lesson" | "text">;
type Answer = Extract<Entry, { type: "message"; role: "assistant" }>;

/**
 * Keeps what somebody says about an answer on the page, in the answer memory: that it is good, that
 * it is wrong, or what it should have said. The newest word about an answer replaces those before.
 *
 * @returns what teaches; it answers with why nothing was learnt, in words, or with `null`
 */
export function createTeaching(options: {
  inbox: Pick<Inbox, "read">;
  memory: AnswerMemory;
  /** Whether an earlier message may be kept as a part of the question. */
  remembersAll: boolean;
  clock: Clock;
  log: Log;
}): (session: Session, asked: Asked) => Promise<string | null> {
  const { inbox, memory, remembersAll, clock, log } = options;

  return async (session, asked) => {
    const entry = session.entries().find(({ id }) => id === asked.messageId);
    const review = session.answered.get(asked.messageId);
    if (entry?.type !== "message" || entry.role !== "assistant" || review === undefined) {
      return sentences.nothingToTeach;
    }
    const conversation = await inbox.read(session.conversationId);
    const turn = conversation && answeredTurn(conversation, entry.id);
    if (conversation === null || turn === null) return sentences.nothingToTeach;
    if (asked.lesson === "better" && asked.text === undefined) return sentences.betterTextMissing;

    let kept: string[] | null = [];
    const decided = {
      review: { ...review, basePartId: entry.id },
      conversation,
      turn,
      sent: sentInstead(entry, asked),
      verdict: { by: "the chat page", reason: null },
    };
    await rememberVerdict(decided, {
      memory: {
        rememberTurns: async () => {},
        rememberAnswers: async (answers, signal) => {
          kept = null;
          await forgetEarlier(session.conversationId, entry.id);
          kept = await memory.rememberAnswers(answers.map(withoutLink), signal);
          return kept;
        },
      },
      mayKeepEarlier: remembersAll,
      clock,
      log,
    });
    if (kept === null) return sentences.lessonNotKept;
    if (kept.length === 0) return sentences.noQuestion;
    session.put({ ...entry, lesson: { kind: asked.lesson, text: asked.text ?? null } });
    return null;
  };

  async function forgetEarlier(conversationId: string, partId: string): Promise<void> {
    const signal = AbortSignal.timeout(memoryTimeoutMs);
    const { answers } = await memory.findConversation(conversationId, signal);
    for (const answer of answers) {
      if (answer.partId === partId) await memory.forgetAnswer(answer.id, signal);
    }
  }
}

function sentInstead(entry: Answer, { lesson, text }: Lesson) {
  if (lesson === "wrong") return null;
  return { text: lesson === "better" ? (text ?? "") : entry.text, replyId: entry.id };
}

/** The page's conversation cannot be opened by anybody later. */
function withoutLink(answer: RememberedAnswer): RememberedAnswer {
  return { ...answer, url: null };
}
