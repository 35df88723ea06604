import type { Memory, RememberedTurn } from "../ports.ts";
import type { Decision, DraftBasis } from "../types.ts";

/** Who wrote an answer that is kept. */
type AnswerAuthor = "teammate" | "approved-draft" | "edited-draft" | "automatic-reply" | "operator";

/** What a person decided about a draft. Of verdicts from before `judged` was kept it is not known. */
export type KeptVerdict = { by: string; reason: string | null; judged?: JudgedDraft };

/** The draft as the person saw it: what confidence can be calibrated with. */
export type JudgedDraft = {
  /** Markdown. */
  draft: string;
  /** The model's own estimate, 0 to 1. */
  confidence: number;
  /** How much of its words is not in what was sent, or the other way round, 0 to 1; `null` if nothing was sent. */
  editedShare: number | null;
  basis?: DraftBasis;
};

/** A question with what was answered, and where that comes from. */
export type RememberedAnswer = {
  question: string;
  answer: string;
  /**
   * `rejected`: a draft that a teammate refused, kept for calibration. `forgotten`: without words,
   * so that what a person had removed is not learnt again (`forgotten-answers.ts`).
   */
  status: "answer" | "rejected" | "forgotten";
  author: AnswerAuthor;
  /** `null` when it stems from no conversation (an operator typed it). */
  conversationId: string | null;
  /** The part that carries the answer; for a rejected draft the customer's part it was written for. */
  partId: string | null;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  /** ISO 639-1, if known. */
  language: string | null;
  /** Where one can read on, shown as the source's link. */
  url: string | null;
  /** What was decided about the draft, if there was one. */
  decision: Decision | null;
  /** Which person decided it, and why they refused it, if they said. */
  verdict?: KeptVerdict;
  /** Ids of the memories and articles that it was drafted from. */
  draftedFrom: string[];
};

export type StoredAnswer = RememberedAnswer & {
  id: string;
  /** How well it fits what was searched for, 0 to 1; `null` where nothing was searched for. */
  score: number | null;
};

/** What is stored of one conversation. */
export type StoredConversation = { answers: StoredAnswer[]; turns: RememberedTurn[] };

/** The whole answer memory; a journey sees only the `Memory` in it. */
export type AnswerMemory = Memory & {
  /**
   * Keeps answers. One with the same conversation, part and status replaces the one stored before,
   * so storing it again changes nothing. Recalled later are only those that enter the catalogue
   * (`entersCatalogue`).
   * @returns their ids, in the same order.
   * @throws UpstreamError when the store fails; some of the answers may be stored then.
   */
  rememberAnswers(answers: RememberedAnswer[], signal: AbortSignal): Promise<string[]>;
  /**
   * For people who want to look: answers of the catalogue that fit the query, best first; without a
   * query the newest of all that is kept, rejected drafts and automatic replies included, forgotten
   * ones not.
   */
  findAnswers(query: string | null, limit: number, signal: AbortSignal): Promise<StoredAnswer[]>;
  /** Everything that a person's verdict stands on, of all conversations, forgotten ones not. */
  findVerdicts(signal: AbortSignal): Promise<StoredAnswer[]>;
  /** Everything stored of a conversation, so that nothing is stored twice. */
  findConversation(conversationId: string, signal: AbortSignal): Promise<StoredConversation>;
  /** One answer, or `null` when there is none with that id. */
  readAnswer(id: string, signal: AbortSignal): Promise<StoredAnswer | null>;
  /** Removes one answer. @returns whether there was one with that id. */
  forgetAnswer(id: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Removes what belongs to a conversation (deleted in Intercom) or to one of its parts (redacted):
   * answers and turns. @returns how many memories were removed.
   */
  forgetConversation(
    conversationId: string,
    partId: string | null,
    signal: AbortSignal,
  ): Promise<number>;
  /**
   * What is stored of one contact, or what was said before a time (ms): at most so many turns, in
   * any order.
   */
  findTurns(
    which: { contactId: string } | { before: number },
    limit: number,
    signal: AbortSignal,
  ): Promise<RememberedTurn[]>;
  /** Removes turns; answers stay. @returns how many were there. */
  forgetTurns(turns: RememberedTurn[], signal: AbortSignal): Promise<number>;
  /** How far a long-running task has come: what was written last under that key, or `null`. */
  readCheckpoint(key: string, signal: AbortSignal): Promise<string | null>;
  writeCheckpoint(key: string, value: string, signal: AbortSignal): Promise<void>;
  /** Lets go of files and connections. */
  close(): void;
};

/**
 * Whether an answer may be recalled for a draft. Rejected drafts never are; neither are the
 * service's own replies that no person has looked at: it does not learn from itself.
 */
export function entersCatalogue({ status, author }: RememberedAnswer): boolean {
  return status === "answer" && author !== "automatic-reply";
}
