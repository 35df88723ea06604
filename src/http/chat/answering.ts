import { randomUUID } from "node:crypto";
import { answerConversation } from "../../core/answering/answer-conversation.ts";
import type { JourneyPorts } from "../../core/answering/journey.ts";
import { createObservedVersions } from "../../core/answering/observed-versions.ts";
import { withOpenedAttachments } from "../../core/answering/opened-attachments.ts";
import { createTurnRecord } from "../../core/answering/turn-record.ts";
import type { AnswerMemory } from "../../core/knowledge/answer-memory.ts";
import { markOf } from "../../core/note-marks.ts";
import type {
  AttachmentOpener,
  Clock,
  Drafter,
  HelpCenter,
  Inbox,
  Log,
  Memory,
  Reviews,
  Sight,
  Slot,
  WorkQueue,
} from "../../core/ports.ts";
import { type Settled, settleReview, type Verdict } from "../../core/reviewing/settle-review.ts";
import type {
  Attachment,
  Contact,
  Conversation,
  Hint,
  JourneyReport,
  Part,
  Policy,
} from "../../core/types.ts";
import { sleep } from "../../lib/sleep.ts";
import { conclusionOf } from "./conclusion.ts";
import { createTeaching } from "./lessons.ts";
import type { DraftView, Entry, Incoming, Mode } from "./protocol.ts";
import type { Session } from "./session.ts";
import { situated } from "./situation.ts";
import type { Uploads } from "./uploads.ts";
import { sentences } from "./wording.ts";

/** Where the conversations of the page live; never the real inbox. */
export type ChatInbox = Inbox & {
  open(contact: Contact): string;
  customerWrites(conversationId: string, text: string, attachments: Attachment[]): Part;
  adopt(conversation: Conversation): void;
  renameContact(conversationId: string, name: string | null): void;
  remove(conversationId: string): void;
};

export type AnsweringOptions = {
  inbox: ChatInbox;
  drafter: Drafter;
  /** How what stands in a real conversation is opened, and whether the model is shown images. */
  attachments: { opener: AttachmentOpener; sight: Sight };
  /** The same model with another set of prompts. @throws Error when there is none of that name */
  drafterWith(prompts: string): Drafter;
  memory: AnswerMemory;
  helpCenter: HelpCenter;
  createQueue(work: (hint: Hint, slot: Slot) => Promise<void>): WorkQueue;
  /** Production's. */
  policy: () => Policy;
  /** Whether what is said here is remembered as in production, without being asked to. */
  remembersAll: boolean;
  /** Whether a language model drafts. */
  hasModel: boolean;
  clock: Clock;
  log: Log;
};

export type Answering = {
  /** @param uploadIds of the files that come with it */
  customerWrites(
    session: Session,
    text: string,
    clientId: string | null,
    uploadIds: string[],
  ): void;
  /** Looks at the conversation as it is and answers it, if there is anything to answer. */
  look(session: Session): void;
  /** Drafts anew what has no answer because something failed. */
  retry(session: Session): Promise<void>;
  /** @returns why nothing was learnt, in words, or `null` */
  teach(session: Session, lesson: Extract<Incoming, { type: "lesson" }>): Promise<string | null>;
  /** @returns why it could not be carried out, in words, or `null` */
  settle(session: Session, verdict: Extract<Incoming, { type: "verdict" }>): Promise<string | null>;
  watch(session: Session): void;
  forget(session: Session): void;
};

/**
 * Long enough for lines pasted one after the other to be answered together; production's pause
 * would only keep somebody waiting who tries things out.
 */
const quietPeriodMs = 200;

/**
 * Answers the page's conversations by the same journey, drafter, memory and rules as production.
 *
 * Automatic runs under production's policy and shows each draft as sent, whatever was decided.
 * Manual runs in review mode, with the page in the place of the Slack channel; what production's own
 * policy says about the draft is worked out beside it.
 */
export function createAnswering(options: AnsweringOptions, uploads: Uploads): Answering {
  const { inbox, memory, policy, clock, log } = options;
  const sessions = new Map<string, Session>();
  const record = createTurnRecord();
  const observed = createObservedVersions(clock);
  const opening = {
    opener: uploads.openerBefore(options.attachments.opener),
    sight: options.attachments.sight,
    log,
  };
  const withUploads = (drafter: Drafter) => withOpenedAttachments(drafter, opening);
  const drafterInUse = withUploads(options.drafter);
  const queue = options.createQueue(work);
  const teach = createTeaching(options);

  return {
    customerWrites(session, words, clientId, uploadIds) {
      const attachments = uploadIds.map(uploads.attachment);
      const part = inbox.customerWrites(session.conversationId, words, attachments);
      supersedeDrafts(session);
      closeErrors(session);
      const { id, at, text } = part;
      const sent = uploadIds.length === 0 ? {} : { attachments: uploadIds };
      session.put({ type: "message", role: "customer", id, at, text, clientId, ...sent });
      hint(session, part);
    },
    look: (session) => hint(session, null),
    async retry(session) {
      if (closeErrors(session)) {
        await queue.runAlone(session.conversationId, () => takeBackNotes(session));
      }
      hint(session, null);
    },
    teach: (session, lesson) =>
      queue.runAlone(session.conversationId, () => teach(session, lesson)),
    settle: (session, verdict) =>
      queue.runAlone(session.conversationId, () => settle(session, verdict)),
    watch: (session) => void sessions.set(session.conversationId, session),
    forget(session) {
      sessions.delete(session.conversationId);
      inbox.remove(session.conversationId);
    },
  };

  function hint({ conversationId }: Session, part: Part | null): void {
    queue.add({
      conversationId,
      from: "webhook",
      partId: part?.id ?? null,
      contactId: part?.author.id ?? null,
      text: part?.text ?? "",
    });
  }

  /** The note that asks a person to answer instead would keep the turn from being drafted again. */
  async function takeBackNotes({ conversationId }: Session): Promise<void> {
    const conversation = await inbox.read(conversationId);
    if (conversation === null) return;
    const { parts } = conversation;
    const lastQuestion = parts.findLastIndex(({ author }) => author.role === "customer");
    const isNote = (part: Part, index: number) =>
      index > lastQuestion && markOf(part)?.outcome === "noted";
    const kept = parts.filter((part, index) => !isNote(part, index));
    inbox.adopt({ ...conversation, parts: kept });
  }

  async function work(about: Hint, slot: Slot): Promise<void> {
    const session = sessions.get(about.conversationId);
    if (session === undefined) return;
    // It may be changed while the draft is written.
    const mode = session.mode();
    try {
      await answerConversation(about, slot, portsOf(session, mode), policyOf(session, mode));
    } catch (error) {
      const { conversationId } = session;
      log.error({ conversationId, error }, "chat journey failed");
      showError(session, error instanceof Error ? error.message : sentences.failed, true);
    }
  }

  function portsOf(session: Session, mode: Mode): JourneyPorts {
    const { prompts } = session.settings;
    const drafter =
      prompts === undefined ? drafterInUse : withUploads(options.drafterWith(prompts));
    return {
      inbox: inboxOf(session),
      memory: memoryOf(session),
      helpCenter: options.helpCenter,
      reviews: pageAsReviewer,
      drafter: {
        draft(request, signal) {
          session.typing();
          return drafter.draft(request, signal);
        },
      },
      record,
      observed,
      clock,
      log,
      earliestReplyAt: 0,
      onReport: (report) => void conclude(session, mode, report),
    };
  }

  /** The same inbox, with whoever writes as the session has them. */
  function inboxOf(session: Session): Inbox {
    return {
      ...inbox,
      async read(conversationId) {
        const conversation = await inbox.read(conversationId);
        const { contactAttributes } = policy();
        return conversation && situated(conversation, session.situation(), contactAttributes);
      },
    };
  }

  function memoryOf({ settings }: Session): Memory {
    return {
      ...memory,
      ...(options.remembersAll ? {} : { rememberTurns: async () => {} }),
      ...(settings.hasMemory === false ? recallsNothing : {}),
    };
  }

  function policyOf(session: Session, mode: Mode): Policy {
    const production = productionPolicyOf(session);
    const rules = { ...production.rules, mode: [] };
    return {
      ...production,
      quietPeriodMs: Math.min(quietPeriodMs, production.quietPeriodMs),
      ...(mode === "manual" ? { replyMode: "review" as const, rules } : {}),
    };
  }

  /** Rules say where to answer at all; of whom nothing is known, they would keep the page silent. */
  function productionPolicyOf({ isFromIntercom, settings, situation: set }: Session): Policy {
    const { threshold } = settings;
    const production = {
      ...policy(),
      ...(threshold === undefined ? {} : { confidenceThreshold: threshold }),
    };
    if (isFromIntercom) return production;
    const { situation } = set();
    const { rules, onlyTags } = production;
    return {
      ...production,
      onlyTags: situation?.tags === undefined ? [] : onlyTags,
      rules: { ...rules, only: situation === null ? [] : rules.only },
    };
  }

  async function conclude(session: Session, mode: Mode, report: JourneyReport): Promise<void> {
    const conversation = await inboxOf(session).read(session.conversationId);
    if (conversation === null) return;
    const conclusion = conclusionOf(report, {
      mode,
      policy: productionPolicyOf(session),
      conversation,
      hasModel: options.hasModel,
      now: conversation.readAt,
      isFirstLook: session.entries().every((entry) => "draft" in entry && entry.draft === null),
    });
    const at = clock();
    switch (conclusion.kind) {
      case "nothing-new":
        return;
      case "no-draft":
        return showError(session, conclusion.message, conclusion.canRetry);
      case "notice": {
        const id = randomUUID();
        const draft = conclusion.draft && { ...conclusion.draft, id, state: "shown" as const };
        return session.put({ type: "notice", id, at, text: conclusion.text, draft });
      }
      case "ask": {
        const { review } = conclusion;
        const view = { ...conclusion.draft, id: review.cardId, state: "open" as const };
        session.pending.set(view.id, { review, view, at });
        return session.put({ type: "draft", id: view.id, at, draft: view });
      }
      case "say": {
        const { text } = conclusion;
        const id = conclusion.replyId ?? (await sendAnyway(session, text, report));
        const draft = { ...conclusion.draft, id, state: "shown" as const };
        session.answered.set(id, conclusion.review);
        const said = { text, author: null, draft, lesson: null };
        return session.put({ type: "message", role: "assistant", id, at, ...said });
      }
    }
  }

  /** As if it had been sent, so that the conversation can go on from there. */
  async function sendAnyway(session: Session, text: string, report: JourneyReport) {
    const written = await inbox.reply(session.conversationId, text);
    const id = written.result === "done" ? written.partId : randomUUID();
    record.replied(session.conversationId, id, report.turn?.basePartId ?? "");
    return id;
  }

  function showError(session: Session, message: string, canRetry: boolean): void {
    session.put({ type: "error", id: randomUUID(), at: clock(), message, canRetry });
  }

  async function settle(
    session: Session,
    asked: Extract<Incoming, { type: "verdict" }>,
  ): Promise<string | null> {
    const pending = session.pending.get(asked.draftId);
    if (pending === undefined) return whyNotPending(session, asked.draftId);
    const verdict = verdictOf(asked);
    if (verdict === null) return sentences.editedTextMissing;

    const { settled } = await settleReview(
      pending.review,
      verdict,
      { id: "chat", name: "the chat page" },
      {
        inbox: inboxOf(session),
        memory: memoryFor(asked.remember),
        mayKeepEarlier: options.remembersAll,
        queue,
        record,
        rest: (ms) => sleep(ms),
        clock,
        log,
      },
      { policy: policyOf(session, "manual"), actBefore: Number.POSITIVE_INFINITY },
    );
    return showSettled(session, asked, settled);
  }

  function showSettled(
    session: Session,
    { draftId, verdict }: Extract<Incoming, { type: "verdict" }>,
    settled: Settled,
  ): string | null {
    const pending = session.pending.get(draftId);
    if (pending === undefined) return sentences.noSuchDraft;
    switch (settled.kind) {
      case "sent": {
        const draft = moveOn(session, draftId, verdict === "edit" ? "edited" : "approved");
        const said = { text: settled.text, author: null, draft, lesson: null };
        session.answered.set(settled.replyId, pending.review);
        const at = clock();
        session.put({ type: "message", role: "assistant", id: settled.replyId, at, ...said });
        return null;
      }
      case "rejected":
        moveOn(session, draftId, "rejected");
        return null;
      case "not-done":
      case "unknown":
        return settled.explanation;
      default:
        moveOn(session, draftId, "superseded");
        return sentences.superseded;
    }
  }

  /** Outside mock mode an answer is kept only when that was asked for, and never as a conversation. */
  function memoryFor(isAsked: boolean): Pick<AnswerMemory, "rememberAnswers" | "rememberTurns"> {
    if (options.remembersAll) return memory;
    return {
      rememberTurns: async () => {},
      rememberAnswers: async (answers, signal) =>
        isAsked
          ? // The page's conversation cannot be opened by anybody later.
            memory.rememberAnswers(
              answers.map((answer) => ({ ...answer, url: null })),
              signal,
            )
          : [],
    };
  }
}

const recallsNothing: Pick<Memory, "recallAnswers" | "recallConversations"> = {
  recallAnswers: async () => [],
  recallConversations: async () => [],
};

/** The page is told by the report, which also knows how the draft came about. */
const pageAsReviewer: Reviews = {
  post: async () => ({ id: randomUUID(), url: null, holdsDraft: true }),
  askForAnswer: async () => null,
};

function verdictOf({ verdict, text }: Extract<Incoming, { type: "verdict" }>): Verdict | null {
  if (verdict === "approve") return { kind: "approve" };
  if (verdict === "reject") return { kind: "reject", reason: null };
  return text === undefined ? null : { kind: "edit", text };
}

function whyNotPending(session: Session, draftId: string): string {
  const known = session
    .entries()
    .find((entry) => entry.type === "draft" && entry.draft.id === draftId);
  return known === undefined ? sentences.noSuchDraft : sentences.alreadySettled;
}

/** What failed is tried again once. @returns whether anything was open to be tried again */
function closeErrors(session: Session): boolean {
  const open = session.entries().filter((entry) => entry.type === "error" && entry.canRetry);
  for (const entry of open) session.put({ ...entry, canRetry: false } as Entry);
  return open.length > 0;
}

function supersedeDrafts(session: Session): void {
  for (const draftId of session.pending.keys()) moveOn(session, draftId, "superseded");
}

function moveOn(session: Session, draftId: string, state: DraftView["state"]): DraftView | null {
  const pending = session.pending.get(draftId);
  if (pending === undefined) return null;
  session.pending.delete(draftId);
  const draft = { ...pending.view, state };
  session.put({ type: "draft", id: draftId, at: pending.at, draft });
  return draft;
}
