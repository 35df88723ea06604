import { isBlank } from "../blank.ts";
import { targetText } from "../hand-off.ts";
import { draftRequest } from "../judging/draft-request.ts";
import { factsOf } from "../judging/facts-of.ts";
import { handOffSheet } from "../judging/hand-off-sheet.ts";
import { begunFor } from "../judging/hand-off-state.ts";
import { modeFor } from "../judging/mode.ts";
import { type DecidedBy, whyNotOurs } from "../judging/why-quiet.ts";
import {
  explainDecision,
  explainNoDraft,
  noteHandOff,
  noteInReview,
  noteLeftToPeople,
  noteNoAnswerNeeded,
  noteTakenForSpam,
  noteWithDraft,
  noteWithoutDraft,
} from "../judging/wording.ts";
import { marksIn } from "../note-marks.ts";
import type { Inbox, Reviews, Slot, Written } from "../ports.ts";
import { comments } from "../turn.ts";
import type {
  Card,
  Conversation,
  Decision,
  Draft,
  Drafting,
  NoDraft,
  Outcome,
  Part,
  Policy,
  QuietReason,
  Source,
  Turn,
} from "../types.ts";

const maxTries = 4;

export type Situation = {
  /** The conversation as it was read just now, still ours. */
  conversation: Conversation;
  turn: Turn;
  drafting: Drafting;
  decision: Decision;
  /** Everything that was found for the draft, also what was not used or kept from the model. */
  found: Source[];
  /** A teammate asks for the draft, wherever it may stand. */
  isAskedFor?: boolean;
};

export type ActPorts = {
  inbox: Inbox;
  reviews: Reviews;
  slot: Pick<Slot, "rest">;
  /** Told when the card could not be posted; the draft becomes a note then. */
  onCardFailed(error: unknown): void;
  /** Told when Intercom did not take the hand-off; people are asked about the draft then. */
  onHandOffRefused(explanation: string): void;
};

/**
 * The turn stopped being ours while we were at it, or must be looked at again: the customer has written,
 * or what was to go out by itself is wanted for people.
 */
export type Overtaken = { kind: "quiet"; reason: QuietReason } | { kind: "look-again" };

/** Carries out a decision. Whatever goes wrong on the way ends in a note that a teammate sees. */
export async function act(
  situation: Situation,
  ports: ActPorts,
  policy: Policy,
): Promise<Outcome | Overtaken> {
  const outcome = await carryOut(situation, ports, policy);
  // A review's card stands already; of anything else nothing would be left.
  if (outcome.kind === "refused" && situation.decision.action !== "review") {
    await askInsteadOfNote(situation, ports);
  }
  return outcome;
}

async function carryOut(
  situation: Situation,
  ports: ActPorts,
  policy: Policy,
): Promise<Outcome | Overtaken> {
  const { turn, drafting, decision, found } = situation;
  const { shownFacts } = situation.conversation;
  const forTeam = found.filter(({ isInternal }) => isInternal);
  const about = { known: shownFacts, forTeam };
  const leaveNote = (markdown: string, outcome: Outcome = { kind: "noted" }) =>
    noteOnce(situation, markdown, outcome, ports, policy);

  const leaveUnanswered = async (noDraft: NoDraft | null) => {
    const card = await askForAnswer(situation, noDraft, ports, policy);
    return leaveNote(noteWithoutDraft(turn, noDraft, card, forTeam));
  };

  if (decision.action === "hand-off" || decision.action === "offer") {
    return handOverOrOffer({ ...situation, decision }, ports, policy);
  }
  if ("noDraft" in drafting) return leaveUnanswered(drafting.noDraft);
  const { draft } = drafting;
  switch (decision.action) {
    case "reply": {
      const sent = await replyOnce(situation, draft.reply, ports, policy, "us");
      if (sent.kind !== "refused") return sent;
      const why = `Intercom refused the reply: ${sent.explanation}`;
      return leaveNote(noteWithDraft(turn, draft, why, about));
    }
    case "review": {
      const asked = await askPerson(situation, draft, decision, ports);
      if ("why" in asked) return leaveNote(noteWithDraft(turn, draft, asked.why, about));
      const { card } = asked;
      return leaveNote(noteInReview(turn, draft, decision, card, shownFacts), {
        kind: "in-review",
        card,
      });
    }
    case "note":
      if (decision.reason === "empty-draft") return leaveUnanswered(null);
      if (decision.reason === "left-to-people") {
        return leaveNote(noteLeftToPeople(turn, decision));
      }
      if (decision.reason === "taken-for-spam") return leaveNote(noteTakenForSpam(turn, draft));
      return leaveNote(noteWithDraft(turn, draft, explainDecision(decision), about));
    case "stay-quiet":
      return leaveNote(noteNoAnswerNeeded(turn, draft), { kind: "no-answer-needed" });
  }
}

/** What was written must not get lost because Intercom takes nothing: it goes to people in Slack. */
async function askInsteadOfNote(
  { conversation, turn, drafting, found }: Situation,
  { reviews, onCardFailed }: ActPorts,
): Promise<void> {
  if ("noDraft" in drafting || isBlank(drafting.draft.reply)) return;
  const decision = { action: "review", reason: "intercom-refused" } as const;
  try {
    await reviews.post({ conversation, turn, draft: drafting.draft, decision, found });
  } catch (error) {
    onCardFailed(error);
  }
}

/**
 * Posts the card that asks for an answer where there is no draft; in note mode the note alone asks.
 * @returns `null` where there is no card
 */
async function askForAnswer(
  { conversation, turn, found }: Situation,
  noDraft: NoDraft | null,
  { reviews, onCardFailed }: ActPorts,
  policy: Policy,
): Promise<Card | null> {
  if (modeFor(policy, factsOf(conversation, turn, null)).mode === "note") return null;
  const question = { conversation, turn, explanation: explainNoDraft(noDraft), found };
  try {
    return await reviews.askForAnswer(question);
  } catch (error) {
    onCardFailed(error);
    return null;
  }
}

/** Posts the card, or says why the draft must become a note instead. */
async function askPerson(
  situation: Situation,
  draft: Draft,
  decision: Extract<Decision, { action: "review" }>,
  ports: ActPorts,
): Promise<{ card: Card } | { why: string }> {
  const { conversation, turn, found } = situation;
  const why = explainDecision(decision);
  try {
    const card = await ports.reviews.post({ conversation, turn, draft, decision, found });
    return card === null ? { why } : { card };
  } catch (error) {
    ports.onCardFailed(error);
    return { why: `${why}, and the card for it could not be posted in Slack` };
  }
}

/**
 * Sends a reply that leaves at most once, and only while the turn is ours.
 *
 * @param situation the conversation as read just before
 * @throws Error when it stays unknown whether Intercom took the reply
 */
export async function replyOnce(
  situation: Pick<Situation, "conversation" | "turn">,
  markdown: string,
  ports: Pick<ActPorts, "inbox" | "slot">,
  policy: Policy,
  decidedBy: DecidedBy,
): Promise<
  { kind: "replied"; replyId: string } | { kind: "refused"; explanation: string } | Overtaken
> {
  const { conversation, turn } = situation;
  const known = new Set(conversation.parts.map((part) => part.id));
  const written = await writeOnce(conversation.id, turn.basePartId, ports, policy, {
    decidedBy,
    write: () => ports.inbox.reply(conversation.id, markdown),
    find: (fresh) => ourReplies(fresh).find((part) => !known.has(part.id))?.id,
  });
  return written.kind === "done" ? { kind: "replied", replyId: written.partId } : written;
}

/**
 * Hands the conversation over, or offers to. The note comes first and says what is to be done, so that
 * a process may die at any point: the next one finds the note and does what is left.
 */
async function handOverOrOffer(
  situation: Situation & { decision: Extract<Decision, { action: "hand-off" | "offer" }> },
  ports: ActPorts,
  policy: Policy,
): Promise<Outcome | Overtaken> {
  const { conversation, turn, decision } = situation;
  const { rule, target, told } = decision;
  const sheet = handOffSheet(situation, decision);
  if (begunFor(conversation, turn) === null) {
    const noted = await noteOnce(
      situation,
      noteHandOff(sheet, turn),
      { kind: "noted" },
      ports,
      policy,
    );
    if (noted.kind !== "noted") return noted;
  }
  if (decision.action === "offer") {
    const sent = await replyOnce(situation, decision.told, ports, policy, "us");
    return sent.kind === "replied" ? { kind: "offered", rule, replyId: sent.replyId } : sent;
  }
  // First, because a conversation that somebody else still has is nobody's in the team's inbox; and
  // what is not said yet is found and gone on with, what is said counts as done.
  if (target.type === "team" && conversation.assigneeId !== null) {
    const taken = await writeOnce(conversation.id, turn.basePartId, ports, policy, {
      decidedBy: "us",
      write: () => ports.inbox.unassign(conversation.id),
      find: (fresh) => (fresh.assigneeId === null ? "" : undefined),
    });
    if (taken.kind !== "done") return taken;
  }
  const known = new Set(conversation.parts.map(({ id }) => id));
  const handed = await writeOnce(conversation.id, turn.basePartId, ports, policy, {
    decidedBy: "us",
    write: () => ports.inbox.handOver(conversation.id, target, told),
    find: (fresh) =>
      fresh.parts.find(
        ({ id, author, assigns }) =>
          !known.has(id) && author.role === "us" && assigns === targetText(target),
      )?.id,
  });
  if (handed.kind === "refused") {
    // Nothing was said to the customer: people decide about the draft, as without a hand-off.
    ports.onHandOffRefused(handed.explanation);
    const review = { action: "review", reason: "escalated", rule } as const;
    return carryOut({ ...situation, decision: review }, ports, policy);
  }
  if (handed.kind !== "done") return handed;
  if (policy.isHandOffShown) {
    // It is done; whoever is shown it late or never finds the same in the note.
    await ports.reviews.showHandOff?.({ conversation, turn, sheet }).catch(ports.onCardFailed);
  }
  return { kind: "handed-over", rule, replyId: told === null ? null : handed.partId };
}

async function noteOnce(
  { conversation, turn, isAskedFor = false }: Situation,
  markdown: string,
  outcome: Outcome,
  ports: ActPorts,
  policy: Policy,
): Promise<Outcome | Overtaken> {
  const marksOf = (one: Conversation) =>
    marksIn(one).filter(({ basePartId }) => basePartId === turn.basePartId);
  // A turn that is drafted because somebody asks may have its note of before.
  const before = marksOf(conversation).length;
  const written = await writeOnce(conversation.id, turn.basePartId, ports, policy, {
    decidedBy: isAskedFor ? "request" : "us",
    write: () => ports.inbox.note(conversation.id, markdown),
    find: (fresh) => marksOf(fresh)[before]?.basePartId,
  });
  return written.kind === "done" ? outcome : written;
}

/** What we said to the customer, oldest first. */
function ourReplies(conversation: Conversation): Part[] {
  return comments(conversation).filter((part) => part.author.role === "us");
}

/**
 * Writes, and where the result is unknown, lets Intercom settle and reads the conversation before
 * anything is sent again. Intercom knows no idempotency key, so reading is the only way to know.
 */
async function writeOnce(
  conversationId: string,
  basePartId: string,
  { inbox, slot }: Pick<ActPorts, "inbox" | "slot">,
  policy: Policy,
  attempt: {
    decidedBy: DecidedBy;
    write: () => Promise<Written>;
    /** The id of what was written, if the reading shows it. */
    find: (fresh: Conversation) => string | undefined;
  },
): Promise<
  { kind: "done"; partId: string } | { kind: "refused"; explanation: string } | Overtaken
> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const written = await attempt.write();
    if (written.result === "done") return { kind: "done", partId: written.partId };
    if (written.result === "refused") return { kind: "refused", explanation: written.explanation };
    await slot.rest(written.result === "not-yet" ? written.retryAfterMs : policy.settleMs);

    const fresh = await inbox.read(conversationId);
    const found = fresh === null ? undefined : attempt.find(fresh);
    if (found !== undefined) return { kind: "done", partId: found };
    const why = whyNotOurs(fresh, basePartId, policy, attempt.decidedBy);
    const isAskedForNow =
      attempt.decidedBy === "us" && fresh !== null && draftRequest(fresh, policy) !== null;
    if (why === "customer-wrote-again" || isAskedForNow) return { kind: "look-again" };
    if (why !== null) return { kind: "quiet", reason: why };
  }
  throw new Error(`Intercom did not confirm a write to conversation ${conversationId}`);
}
