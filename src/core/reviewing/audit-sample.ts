import { isBlank } from "../blank.ts";
import { type ForWhom, forWhomOfAll } from "../for-whom.ts";
import type { AnswerMemory, RememberedAnswer } from "../knowledge/answer-memory.ts";
import { recall, recallQuery, whoseTurn } from "../knowledge/recall.ts";
import type { Clock, Drafter, HelpCenter, Inbox, Log, Memory } from "../ports.ts";
import { brandOf, isOurReply, recentHistory } from "../turn.ts";
import type { Conversation, Draft, DraftBasis, JourneyReport, Policy, Turn } from "../types.ts";
import { editedShare } from "./edited-share.ts";
import { lessonQuestion } from "./lesson-question.ts";
import { answeredTurn, isCorrectable } from "./review-standing.ts";

/** An automatic reply that a person looks at afterwards. */
export type SentReply = {
  conversation: Conversation;
  /** The messages that it answered; the base part is the reply itself. */
  turn: Turn;
  draft: Draft;
};

/** What a card carries of it. */
export type AuditedReply = {
  conversationId: string;
  replyId: string;
  text: string;
  /** The model's own estimate of it, 0 to 1; `null`: not known, so it is no case for calibration. */
  confidence: number | null;
  basis?: DraftBasis | undefined;
  language: string;
  draftedFrom: string[];
  /** For whom those are; unset: for everybody. */
  forWhom?: ForWhom | undefined;
};

export type AuditPorts = {
  inbox: Pick<Inbox, "read">;
  memory: Memory & Pick<AnswerMemory, "rememberAnswers" | "findConversation">;
  drafter: Drafter;
  helpCenter: HelpCenter;
  clock: Clock;
  log: Log;
};

const rememberTimeoutMs = 10_000;
const draftTimeoutMs = 60_000;

/**
 * Picks some of the replies that were sent automatically, for a person to check.
 *
 * @param percentFor how many of 100 like that one, 0 to 100; asked once for each
 * @param random from 0 up to, not including, 1
 * @returns what to tell about each journey's end; it never throws
 */
export function createAuditSample(options: {
  percentFor(draft: Draft): number;
  random: () => number;
  inbox: Pick<Inbox, "read">;
  post(sent: SentReply): Promise<void>;
  log: Log;
}): (report: JourneyReport) => Promise<void> {
  const { percentFor, random, inbox, post, log } = options;
  return async ({ conversationId, outcome, drafting }) => {
    if (outcome.kind !== "replied" || outcome.replyId === "") return;
    if (drafting === null || "noDraft" in drafting) return;
    if (random() * 100 >= percentFor(drafting.draft)) return;
    try {
      const conversation = await inbox.read(conversationId);
      const turn = conversation && answeredTurn(conversation, outcome.replyId);
      if (conversation === null || turn === null) return;
      await post({ conversation, turn, draft: drafting.draft });
    } catch (error) {
      log.warn({ conversationId, error }, "no audit card");
    }
  };
}

/** A person found the automatic reply good: from now on it may be recalled as an answer. */
export async function rememberAsGood(
  audited: AuditedReply,
  by: string,
  ports: AuditPorts,
): Promise<void> {
  const conversation = await ports.inbox.read(audited.conversationId);
  if (conversation === null) return;
  await remember(audited, by, conversation, ports, [
    { answer: audited.text, status: "answer", author: "approved-draft" },
  ]);
}

export type Correction = { conversation: Conversation; turn: Turn; draft: Draft };

/**
 * A person found the automatic reply wrong: what should have been said is remembered instead, and a
 * correction is drafted where nobody has said anything since.
 *
 * @returns the correction to be reviewed, or `null` when there is nothing left to correct
 * @throws UpstreamError when Intercom cannot be read
 */
export async function correctReply(
  audited: AuditedReply,
  shouldHaveSaid: string,
  by: string,
  ports: AuditPorts,
  policy: Policy,
): Promise<Correction | null> {
  const conversation = await ports.inbox.read(audited.conversationId);
  if (conversation === null) return null;
  await rememberAsWrong(audited, shouldHaveSaid, by, conversation, ports);
  const turn = answeredTurn(conversation, audited.replyId);
  if (turn === null || !isCorrectable(conversation, audited.replyId)) return null;
  const draft = await draftCorrection(
    audited,
    shouldHaveSaid,
    { conversation, turn },
    ports,
    policy,
  );
  return { conversation, turn, draft };
}

/**
 * The customer's answer shows that our reply before it was wrong: what should have been said is
 * remembered instead. Putting it right is for the draft that waits.
 *
 * @param basePartId the customer's part after that reply
 * @returns whether there is such a reply of ours
 * @throws UpstreamError when Intercom cannot be read
 */
export async function fileWrongReply(
  {
    conversationId,
    basePartId,
    language,
    forWhom,
  }: Pick<AuditedReply, "conversationId" | "language" | "forWhom"> & {
    basePartId: string;
  },
  shouldHaveSaid: string,
  by: string,
  ports: AuditPorts,
): Promise<boolean> {
  const conversation = await ports.inbox.read(conversationId);
  const parts = conversation?.parts ?? [];
  const reply = parts
    .slice(
      0,
      parts.findIndex(({ id }) => id === basePartId),
    )
    .findLast(isOurReply);
  if (conversation === null || reply === undefined) return false;
  const wrong = {
    conversationId,
    replyId: reply.id,
    text: reply.text,
    confidence: null,
    language,
    ...(await writtenFrom(conversationId, reply.id, forWhom, ports)),
  };
  await rememberAsWrong(wrong, shouldHaveSaid, by, conversation, ports);
  return true;
}

/** What the model is told to put a reply right that the customer has already seen. */
export function correctionInstruction(shouldHaveSaid: string): string {
  return [
    "The customer has already received an earlier reply of ours, and it is wrong.",
    "Write a short message that says so plainly and puts it right.",
    `What should have been said: ${shouldHaveSaid}`,
  ].join("\n");
}

/** @param waiting for whom the sources are of the draft that puts it right */
async function writtenFrom(
  conversationId: string,
  replyId: string,
  waiting: ForWhom | undefined,
  { memory, log }: AuditPorts,
): Promise<Pick<AuditedReply, "draftedFrom" | "forWhom">> {
  try {
    const signal = AbortSignal.timeout(rememberTimeoutMs);
    const { turns, answers } = await memory.findConversation(conversationId, signal);
    const decided = answers.filter(({ partId }) => partId === replyId);
    return {
      draftedFrom: turns.find(({ partId }) => partId === replyId)?.draftedFrom ?? [],
      forWhom: forWhomOfAll([{ forWhom: waiting }, ...decided]),
    };
  } catch (error) {
    log.warn({ conversationId, error }, "not known what the wrong reply was written from");
    return { draftedFrom: [], forWhom: waiting };
  }
}

function rememberAsWrong(
  audited: AuditedReply,
  shouldHaveSaid: string,
  by: string,
  conversation: Conversation,
  ports: AuditPorts,
): Promise<void> {
  return remember(audited, by, conversation, ports, [
    { answer: shouldHaveSaid, status: "answer", author: "teammate" },
    { answer: audited.text, status: "rejected", author: "automatic-reply" },
  ]);
}

/** The model's correction, or, where it has none, the person's own words. */
async function draftCorrection(
  audited: AuditedReply,
  shouldHaveSaid: string,
  { conversation, turn }: Omit<Correction, "draft">,
  ports: AuditPorts,
  policy: Policy,
): Promise<Draft> {
  try {
    const drafting = await ports.drafter.draft(
      {
        conversation,
        turn,
        history: recentHistory(turn, policy.historyTurns),
        recall: await recall(recallQuery(turn), whoseTurn(conversation, turn), ports),
        revision: { draft: audited.text, instruction: correctionInstruction(shouldHaveSaid) },
      },
      AbortSignal.timeout(draftTimeoutMs),
    );
    if ("draft" in drafting && !isBlank(drafting.draft.reply)) return drafting.draft;
  } catch (error) {
    ports.log.warn({ conversationId: conversation.id, error }, "correction not drafted");
  }
  return {
    reply: shouldHaveSaid,
    confidence: 1,
    reasoning: "These are the words of the person who found the reply wrong.",
    intent: "other",
    language: audited.language,
    needsHuman: false,
    usedSources: [],
    unknownLinks: [],
    origin: {
      model: "none",
      promptHash: null,
      prompt: { system: "", user: "", leftOut: [] },
      rawAnswer: shouldHaveSaid,
      promptTokens: null,
      completionTokens: null,
      costUsd: null,
    },
  };
}

async function remember(
  audited: AuditedReply,
  by: string,
  conversation: Conversation,
  ports: AuditPorts,
  verdicts: Pick<RememberedAnswer, "answer" | "status" | "author">[],
): Promise<void> {
  const { conversationId, replyId, text, confidence, basis } = audited;
  const judged =
    confidence === null
      ? null
      : { draft: text, confidence, ...(basis === undefined ? {} : { basis }) };
  const messages = answeredTurn(conversation, replyId)?.messages ?? [];
  const answers = verdicts.map(
    (verdict): RememberedAnswer => ({
      ...verdict,
      question: lessonQuestion(conversation, messages),
      conversationId,
      partId: replyId,
      at: ports.clock(),
      language: audited.language,
      url: null,
      decision: { action: "reply", reason: "confident" },
      verdict: {
        by,
        reason: null,
        ...(judged === null
          ? {}
          : {
              judged: {
                ...judged,
                editedShare:
                  verdict.status === "rejected" ? null : editedShare(text, verdict.answer),
              },
            }),
      },
      draftedFrom: audited.draftedFrom,
      ...brandOf(conversation),
      ...(audited.forWhom === undefined ? {} : { forWhom: audited.forWhom }),
    }),
  );
  try {
    await ports.memory.rememberAnswers(answers, AbortSignal.timeout(rememberTimeoutMs));
  } catch (error) {
    ports.log.warn({ conversationId, error }, "audit not remembered");
  }
}
