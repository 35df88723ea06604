import type { ForWhom } from "../for-whom.ts";
import { isLookupId } from "../lookup-tools.ts";
import type { Memory, RememberedTurn } from "../ports.ts";
import type { Decision, DraftBasis } from "../types.ts";

/** Who wrote an answer that is kept. */
export const answerAuthors = [
  "teammate",
  "approved-draft",
  "edited-draft",
  "automatic-reply",
  "operator",
] as const;
export type AnswerAuthor = (typeof answerAuthors)[number];

/**
 * `rejected`: a draft that a teammate refused, kept for calibration. `retired`: was true once; kept
 * to be looked at and brought back, recalled by nobody. `suggested`: somebody proposes it, and nobody
 * has agreed yet. `forgotten`: without words, so that what a person had removed is not learnt again
 * (`forgotten-answers.ts`).
 */
export const answerStatuses = ["answer", "rejected", "retired", "suggested", "forgotten"] as const;
export type AnswerStatus = (typeof answerStatuses)[number];

/** What people change of an answer, and how it was before they did. */
export type AnswerVersion = Pick<
  RememberedAnswer,
  "question" | "answer" | "language" | "url" | "status"
>;

/** What a person did to an answer that was kept already, or how they brought it in. */
export type AnswerChange = {
  did:
    | "added"
    | "imported"
    | "suggested"
    | "accepted"
    | "edited"
    | "retired"
    | "restored"
    | "merged"
    | "undone";
  /** As they named themselves; the tokens are shared. */
  by: string;
  /** In milliseconds since 1970. */
  at: number;
  /** How it was before; `null` for what did not exist before. */
  before: AnswerVersion | null;
  /** Of a merged one: which answer stands in its place. */
  into?: string;
};

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
  status: AnswerStatus;
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
  /** What people changed of it, oldest first; unset where nobody did. */
  changes?: AnswerChange[];
  /** Of a suggestion: the id of the answer whose text it would replace. */
  suggestedFor?: string;
  /** The brand of the conversation that it was learnt in: it answers nobody else's; unset: everybody's. */
  brand?: string;
  /**
   * For whom the sources are that it was written from; unset: for everybody. A known brand of the
   * conversation goes before theirs.
   */
  forWhom?: ForWhom;
};

export type StoredAnswer = RememberedAnswer & {
  id: string;
  /** How well it fits what was searched for, 0 to 1; `null` where nothing was searched for. */
  score: number | null;
};

/** Drafts that people decided about, and replies that went out by themselves. */
export type StoredUses = { decided: StoredAnswer[]; sent: RememberedTurn[] };

/** What is stored of one conversation. */
export type StoredConversation = { answers: StoredAnswer[]; turns: RememberedTurn[] };

/** Which of the answers that are kept somebody wants to see; what is unset does not matter. */
export type AnswerFilter = {
  statuses: AnswerStatus[];
  authors?: AnswerAuthor[];
  /** ISO 639-1; "unknown" for those whose language nobody knows. */
  language?: string;
  /** Who approved or last changed it, as they are named. */
  by?: string;
  /** Milliseconds since 1970: written at or after, and before. */
  since?: number;
  before?: number;
  /** Whether a reply was written from it that went out, or that a person decided about. */
  isUsed?: boolean;
};

export type AnswerPage = {
  /** Newest first; `uses`: how many such replies, `null` where the store does not count. */
  answers: (StoredAnswer & { uses: number | null })[];
  /** How many the filter lets through in all. */
  total: number;
  /** What to ask for to go on, or `null` at the end. */
  next: string | null;
};

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
  /**
   * Puts another version in the place of an answer that a person changed.
   * @returns its id, which is another one where the store cannot keep it, or `null` when there is
   *   no answer with that id.
   */
  replaceAnswer(id: string, answer: RememberedAnswer, signal: AbortSignal): Promise<string | null>;
  /**
   * A page of what is kept, newest first.
   * @param page.after what the page before named as `next`, or `null` for the first.
   */
  listAnswers(
    filter: AnswerFilter,
    page: { limit: number; after: string | null },
    signal: AbortSignal,
  ): Promise<AnswerPage>;
  /** What was written from this answer, newest first. */
  findUses(id: string, signal: AbortSignal): Promise<StoredUses>;
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
  /** Where this store does less than others, for whoever tells people so. */
  readonly abilities: {
    /** Lists say how often an answer was used, and can be filtered by it. */
    countsUses: boolean;
    /** What went out by itself is known as a use, and not only what people decided about. */
    knowsSentUses: boolean;
    /** A changed answer keeps its id, and with it what is known of its uses. */
    keepsIds: boolean;
  };
  /** Lets go of files and connections. */
  /**
   * Embeds what has no vector yet (an embeddings model was set later, or was down); where there is
   * none, or nothing to do, it costs nothing. Absent where vectors are not ours to keep.
   * @returns how many were embedded
   */
  fillVectors?(signal: AbortSignal): Promise<number>;
  close(): void;
};

/**
 * Whether an answer may be recalled for a draft. Rejected drafts never are; neither are the
 * service's own replies that no person has looked at (it does not learn from itself), nor what rests
 * on a look-up (it was true for one customer at one moment), nor what rests on a source for some
 * plans (that source is found by whom it is for), nor thanks for feedback.
 */
export function entersCatalogue({
  status,
  author,
  draftedFrom,
  verdict,
}: RememberedAnswer): boolean {
  if (status !== "answer" || author === "automatic-reply") return false;
  const basis = verdict?.judged?.basis;
  if (basis?.intent === "feedback" || basis?.isForPlan === true) return false;
  return !draftedFrom.some(isLookupId);
}
