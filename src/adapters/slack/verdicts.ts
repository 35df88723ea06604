import type { DecidedCard } from "../../core/measures.ts";
import type { Log, Teammates, WorkQueue } from "../../core/ports.ts";
import { editedBasis, redraftedBasis } from "../../core/reviewing/draft-basis.ts";
import { type RedraftPorts, redraftReview } from "../../core/reviewing/redraft-review.ts";
import { type Rejection, rejectionOn } from "../../core/reviewing/rejections.ts";
import {
  type Background,
  backgroundOf,
  noBackground,
} from "../../core/reviewing/review-background.ts";
import {
  answeredTurn,
  type PendingReview,
  type Standing,
} from "../../core/reviewing/review-standing.ts";
import {
  readStanding,
  type Settled,
  type SettleOptions,
  type SettlePorts,
  settleReview,
  type Verdict,
} from "../../core/reviewing/settle-review.ts";
import { takeOverReview } from "../../core/reviewing/take-over.ts";
import { unansweredTurn } from "../../core/turn.ts";
import type { Conversation, Draft, Outcome, Policy, ReviewReason } from "../../core/types.ts";
import { auditCard } from "./audit-card.ts";
import { type Beside, reviewCard } from "./card.ts";
import type { CardDraft, CardMessage } from "./card-blocks.ts";
import { type CardPlace, cardId } from "./card-id.ts";
import { type Claim, claim, generations } from "./claim.ts";
import type { SlackClient, SlackClients } from "./clients.ts";
import { decidedCard, workingCard } from "./decided-card.ts";
import { differenceMessage, earlierDraftMessage } from "./difference.ts";
import type { Packer } from "./pack-draft.ts";
import type { Person } from "./reviewers.ts";
import { besideOf, carriedOf } from "./reviews.ts";
import { unansweredCard } from "./unanswered-card.ts";
import { labels, mrkdwnPerson, mrkdwnStatus, mrkdwnTime, noAnswerNeeded } from "./wording.ts";

/** A draft on a card that somebody wants to decide. */
export type Decidable = {
  draft: CardDraft;
  place: CardPlace;
  by: Person;
  /** When the click happened, in unix seconds by Slack's clock. */
  at: number;
};

/** What a card can be decided to; two of them are no verdict on the draft, but claim it as one does. */
export type CardVerdict =
  | Verdict
  /** `isFilledIn`: what it says are facts about this customer, which the draft lacked. */
  | { kind: "redraft"; instruction: string; isFilledIn?: boolean }
  | { kind: "take-over" };

export type VerdictsOptions = {
  clients: SlackClients;
  packer: Packer;
  queue: Pick<WorkQueue, "runAlone">;
  settlePorts: SettlePorts;
  redraftPorts: Pick<RedraftPorts, "drafter" | "memory" | "helpCenter">;
  teammates: Teammates;
  /** The address of a person in Slack, if it may be known. */
  emailOf(userId: string): Promise<string | null>;
  policy: () => Policy;
  /** Told when a card's review has come to its end. Must not throw. */
  onDecided(place: CardPlace): Promise<void>;
  /** Told what each verdict came to. */
  measure(card: DecidedCard): void;
  /** Told how the turn of a card has ended. Must not throw. */
  onConcluded(conversationId: string, outcome: Outcome["kind"]): void;
  /** Told when a draft was rejected and its customer waits for a person. Must not throw. */
  onRejected(place: CardPlace, draft: CardDraft): Promise<void>;
  log: Log;
};

export type Verdicts = {
  /** Whether this person is the one who carries out the verdict on this generation of the card. */
  claim(decidable: Decidable): Promise<Claim>;
  /** Carries out a claimed verdict and shows on the card what became of it. */
  carryOut(decidable: Decidable, verdict: CardVerdict): Promise<void>;
  /**
   * Finds out what became of a verdict that got stuck, and lets the card be decided again if nothing
   * was sent.
   * @returns `shown` when the card says it now, or why it does not
   */
  check(decidable: Decidable): Promise<"shown" | Exclude<Claim, "won"> | { notRead: string }>;
};

/** After that time a verdict that says "Sending…" counts as stuck, in seconds. */
export const stuckAfterSeconds = 120;
/** No reply leaves later than that after the click, so that one who retries finds it in Intercom. */
const actWithinMs = 90_000;

/** What happens between the claim of a card and its last form. */
export function createVerdicts(options: VerdictsOptions): Verdicts {
  const { clients, packer, queue, settlePorts, policy, log } = options;
  const { clock } = settlePorts;

  return {
    claim: ({ place, draft }) => claim(clients.claiming, place, draft.generation, log),

    async carryOut(decidable, verdict) {
      const settleOptions = { policy: policy(), actBefore: clock() + actWithinMs };
      await showWorking(decidable, verdict);
      await queue.runAlone(decidable.draft.conversationId, async () => {
        // Somebody may have pressed Check and retry by now: whoever is too late changes nothing.
        if (clock() >= settleOptions.actBefore) return;
        switch (verdict.kind) {
          case "redraft":
            return redraft(decidable, verdict, settleOptions);
          case "take-over":
            return takeOver(decidable, verdict, settleOptions);
          default:
            return settle(decidable, verdict, settleOptions);
        }
      });
    },

    check: (decidable) =>
      queue.runAlone(decidable.draft.conversationId, async () => {
        const { draft, place } = decidable;
        if (draft.kind === "audit") return bringBack(decidable);
        const standing = await readStanding(pendingReview(decidable), settlePorts, policy());
        if (standing.kind === "not-done") return { notRead: standing.explanation };
        const rejection = rejectedHere(decidable, standing);
        if (rejection !== null)
          return bringBackRejected(decidable, standing.conversation, rejection);
        if (standing.kind !== "open") {
          await showEnd(decidable, standing);
          return "shown";
        }
        const claimed = await claim(clients.claiming, place, draft.generation, log);
        if (claimed !== "won") return claimed;
        const notice = mrkdwnStatus.checkedOpen(mrkdwnTime(clock()));
        await showAgain(decidable, notice, standing.conversation);
        return "shown";
      }),
  };

  /** Nothing is sent from a card about a sent reply, so a stuck one only needs its buttons again. */
  async function bringBack(decidable: Decidable): Promise<"shown" | Exclude<Claim, "won">> {
    const { draft, place } = decidable;
    const claimed = await claim(clients.claiming, place, draft.generation, log);
    if (claimed !== "won") return claimed;
    const next = { ...draft, generation: draft.generation + 1, heldSince: null };
    const messages = draft.asked === undefined ? [] : [draft.asked];
    const card = auditCard(next, { ...noBackground, messages }, packer);
    if (card !== null) await update(clients.patient, place, card);
    return "shown";
  }

  /** The rejection got as far as its note: what is left is that somebody answers. */
  async function bringBackRejected(
    decidable: Decidable,
    conversation: Conversation | null,
    { by, reason }: Rejection,
  ): Promise<"shown" | Exclude<Claim, "won">> {
    const { draft, place } = decidable;
    const claimed = await claim(clients.claiming, place, draft.generation, log);
    if (claimed !== "won") return claimed;
    const notice = isNoAnswerNeeded(reason)
      ? mrkdwnStatus.superseded("rejection")
      : mrkdwnStatus.rejectedBefore(by, reason);
    await showRejected(decidable, notice, conversation, reason);
    return "shown";
  }

  async function settle(decidable: Decidable, verdict: Verdict, settleOptions: SettleOptions) {
    const { draft, place, by } = decidable;
    const review = pendingReview(decidable);
    const ports = { ...settlePorts, teammateIdOf };
    const { settled, remembering } = await settleReview(review, verdict, by, ports, settleOptions);
    measure(decidable, verdict, settled.kind);
    const ended = endOf(verdict, settled.kind, draft);
    if (ended !== null) options.onConcluded(draft.conversationId, ended);
    await showSettled(decidable, verdict, settled);
    if (settled.kind === "sent" && settled.text !== draft.draft && !review.needsAnswer) {
      await post(place, differenceMessage(draft.draft, settled.text));
    }
    await remembering;
  }

  async function teammateIdOf(by: { id: string }): Promise<string | null> {
    try {
      const email = await options.emailOf(by.id);
      return email === null ? null : await options.teammates.findTeammateByEmail(email);
    } catch (error) {
      log.warn({ slackUser: by.id, error }, "teammate not looked up");
      return null;
    }
  }

  function measure({ draft, place, at }: Decidable, { kind }: CardVerdict, outcome: string): void {
    const isWritten = draft.needsAnswer === true && (kind === "approve" || kind === "edit");
    // A message's id in Slack is the time at which it was posted, in seconds.
    const afterSeconds = Math.max(0, at - Number(place.ts));
    const isCorrection = draft.kind === "correction";
    options.measure({ verdict: isWritten ? "write" : kind, outcome, afterSeconds, isCorrection });
  }

  async function redraft(
    decidable: Decidable,
    verdict: Extract<CardVerdict, { kind: "redraft" }>,
    settleOptions: SettleOptions,
  ) {
    const { draft, place, by } = decidable;
    const { instruction, isFilledIn = false } = verdict;
    const ports = { ...settlePorts, ...options.redraftPorts };
    const redrafted = await redraftReview(
      pendingReview(decidable),
      instruction,
      ports,
      settleOptions,
    );
    measure(decidable, verdict, redrafted.kind);
    if (redrafted.kind !== "redrafted") return showUnsettled(decidable, draft, redrafted);
    const redraftedNext = redraftedCard(draft, redrafted.draft, redrafted.reason);
    const next = isFilledIn ? { ...redraftedNext, isPersonal: true } : redraftedNext;
    const say = isFilledIn ? mrkdwnStatus.filledIn : mrkdwnStatus.redrafted;
    const notice = say(mrkdwnPerson(by.id), mrkdwnTime(clock()), instruction);
    const beside = besideOf(redrafted.found, redrafted.draft);
    await showAgain({ ...decidable, draft: next }, notice, redrafted.conversation, beside);
    await post(place, earlierDraftMessage(draft.draft));
  }

  async function takeOver(
    decidable: Decidable,
    verdict: CardVerdict,
    settleOptions: SettleOptions,
  ) {
    const { draft, by } = decidable;
    const email = await options.emailOf(by.id);
    const ports = { ...settlePorts, teammates: options.teammates };
    const taken = await takeOverReview(pendingReview(decidable), by, email, ports, settleOptions);
    measure(decidable, verdict, taken.kind);
    if (taken.kind !== "taken-over") return showUnsettled(decidable, draft, taken);
    options.onConcluded(draft.conversationId, "handed-over");
    const time = mrkdwnTime(clock());
    const sentence = mrkdwnStatus.takenOver(mrkdwnPerson(by.id), time, taken.isAssigned);
    const shown = { messages: [], label: labels.unsentDraft, text: draft.draft };
    await showDecided(decidable, sentence, shown);
  }

  async function showWorking({ draft, place, by, at }: Decidable, verdict: CardVerdict) {
    const person = mrkdwnPerson(by.id);
    const isWritten = draft.needsAnswer === true;
    const sentences = {
      approve: isWritten ? mrkdwnStatus.sendingWritten : mrkdwnStatus.sending,
      edit: isWritten ? mrkdwnStatus.sendingWritten : mrkdwnStatus.sendingEdited,
      reject: mrkdwnStatus.rejecting,
      redraft: mrkdwnStatus.redrafting,
      "take-over": mrkdwnStatus.takingOver,
    };
    const working = {
      ...draft,
      ...(verdict.kind === "edit" ? editedTo(draft, verdict.text) : {}),
      generation: draft.generation + 1,
      heldSince: at,
      by,
    };
    const card = workingCard(working, sentences[verdict.kind](person), packer);
    await update(clients.updating, place, card);
  }

  async function showSettled(decidable: Decidable, verdict: Verdict, settled: Settled) {
    const { draft, by } = decidable;
    const again = verdict.kind === "edit" ? { ...draft, ...editedTo(draft, verdict.text) } : draft;
    const person = mrkdwnPerson(by.id);
    const time = mrkdwnTime(clock());
    switch (settled.kind) {
      case "sent": {
        const isEdited = settled.text !== draft.draft;
        const drafted = isEdited ? mrkdwnStatus.sentEdited : mrkdwnStatus.sent;
        const sentence = (draft.needsAnswer ? mrkdwnStatus.sentWritten : drafted)(person, time);
        return showDecided(decidable, sentence, {
          messages: settled.turn.messages.map(({ text }) => text),
          label: labels.sentText,
          text: settled.text,
        });
      }
      case "rejected": {
        const reason = verdict.kind === "reject" ? verdict.reason : null;
        const isForGood = isNoAnswerNeeded(reason);
        const say = isForGood ? mrkdwnStatus.rejectedForGood : mrkdwnStatus.rejected;
        const notice = say(person, time, reason);
        return showRejected(decidable, notice, settled.conversation, reason);
      }
      default:
        return showUnsettled(decidable, again, settled);
    }
  }

  /** @param draft what should be decided next: the draft, or the text that was not sent */
  async function showUnsettled(
    decidable: Decidable,
    draft: CardDraft,
    settled: Exclude<Settled, { kind: "sent" | "rejected" }>,
  ) {
    switch (settled.kind) {
      case "not-done": {
        const notice = mrkdwnStatus.notDone(settled.explanation);
        return showAgain({ ...decidable, draft }, notice, settled.conversation);
      }
      case "unknown": {
        const generation = draft.generation + 1;
        const working = { ...draft, generation, heldSince: null, by: decidable.by };
        const sentence = mrkdwnStatus.unknown(settled.explanation);
        return update(clients.patient, decidable.place, workingCard(working, sentence, packer));
      }
      default:
        return showEnd({ ...decidable, draft: { ...draft, heldSince: null, by: null } }, settled);
    }
  }

  /** The review ended without this verdict. */
  async function showEnd(
    decidable: Decidable,
    end: Exclude<Settled, { kind: "sent" | "rejected" | "not-done" | "unknown" }>,
  ) {
    const { draft } = decidable;
    const wasSending = draft.heldSince !== null || draft.by !== null;
    if (end.kind === "answered-by-us" && wasSending) {
      const decider = draft.by === null ? null : mrkdwnPerson(draft.by.id);
      const sentence = mrkdwnStatus.foundSent(decider, mrkdwnTime(clock()));
      const shown = { messages: [], label: labels.sentText, text: end.reply.text };
      return showDecided(decidable, sentence, shown);
    }
    const sentence =
      end.kind === "superseded"
        ? mrkdwnStatus.superseded(end.by)
        : mrkdwnStatus.stale(end.kind === "stale" ? end.reason : "already-answered");
    const shown = { messages: [], label: labels.unsentDraft, text: draft.draft };
    return showDecided(decidable, sentence, shown);
  }

  /**
   * A rejected draft leaves a customer without an answer: the card stays until somebody owns them,
   * unless whoever rejected it says that no answer is needed.
   */
  async function showRejected(
    { draft, place }: Decidable,
    notice: string,
    conversation: Conversation | null,
    reason: string | null,
  ) {
    const background = backgroundFor(draft, conversation);
    const next = openQuestionAfter(draft);
    if (isNoAnswerNeeded(reason) || next.generation > generations) {
      const { messages } = background;
      const shown = { messages, label: labels.rejectedDraft, text: draft.draft };
      await update(clients.patient, place, decidedCard(draft, notice, shown));
      return options.onDecided(place);
    }
    const card = unansweredCard(next, background, packer, notice, {
      rejected: draft.draft,
    });
    await update(clients.patient, place, card);
    await options.onRejected(place, next);
  }

  async function showDecided(
    { draft, place }: Decidable,
    sentence: string,
    shown: Parameters<typeof decidedCard>[2],
  ) {
    await update(clients.patient, place, decidedCard(draft, sentence, shown));
    await options.onDecided(place);
  }

  /** The card with its buttons, to be decided again. */
  async function showAgain(
    { draft, place }: Decidable,
    notice: string,
    conversation: Conversation | null,
    beside: Beside = {},
  ) {
    const next = { ...draft, generation: draft.generation + 1, heldSince: null, by: null };
    if (next.generation > generations) {
      return update(clients.patient, place, decidedCard(draft, mrkdwnStatus.out, null));
    }
    const background = backgroundFor(draft, conversation);
    const card = next.needsAnswer
      ? unansweredCard(next, background, packer, notice)
      : reviewCard(next, background, packer, notice, beside);
    await update(clients.patient, place, card);
  }

  /** Never throws: what happened in Intercom has happened, whatever the card says. */
  async function update(client: SlackClient, { channel, ts }: CardPlace, card: CardMessage) {
    try {
      await client.chat.update({ channel, ts, text: card.text, blocks: card.blocks });
    } catch (error) {
      log.warn({ cardId: cardId({ channel, ts }), error }, "card not updated");
    }
  }

  async function post({ channel, ts }: CardPlace, message: ReturnType<typeof differenceMessage>) {
    try {
      await clients.posting.chat.postMessage({ channel, thread_ts: ts, ...message });
    } catch (error) {
      log.warn({ cardId: cardId({ channel, ts }), error }, "thread not written");
    }
  }
}

function pendingReview({ draft, place }: Decidable): PendingReview {
  return {
    cardId: cardId(place),
    conversationId: draft.conversationId,
    basePartId: draft.basePartId,
    isCorrection: draft.kind === "correction",
    needsAnswer: draft.needsAnswer === true,
    draft: draft.draft,
    confidence: draft.confidence,
    language: draft.language,
    reason: draft.reason,
    rule: draft.rule,
    basis: draft.basis,
    draftedFrom: draft.sources.map(({ id }) => id),
    forWhom: draft.forWhom,
    isPersonal: draft.isPersonal === true,
  };
}

/** Whoever rejected this very card's draft, where its verdict got stuck after the note. */
function rejectedHere({ place }: Decidable, standing: Standing): Rejection | null {
  if (standing.kind !== "superseded" || standing.by !== "rejection") return null;
  return rejectionOn(cardId(place), standing.conversation);
}

/** How the card's turn has ended, or `null` where the verdict has not ended it. */
function endOf(
  verdict: Verdict,
  settled: Settled["kind"],
  { kind }: CardDraft,
): Outcome["kind"] | null {
  if (settled === "sent" || settled === "answered-by-us") return "replied";
  // Without its correction the reply stays what the customer has.
  if (settled !== "rejected" || kind === "correction" || verdict.kind !== "reject") return null;
  return isNoAnswerNeeded(verdict.reason) ? "no-answer-needed" : "noted";
}

function isNoAnswerNeeded(reason: string | null): boolean {
  return reason?.startsWith(noAnswerNeeded) ?? false;
}

/** What a card carries once its draft is rejected. */
function openQuestionAfter(draft: CardDraft): CardDraft {
  return {
    ...draft,
    draft: "",
    draftDigest: null,
    reasoning: "",
    sources: [],
    needsAnswer: true,
    generation: draft.generation + 1,
    heldSince: null,
    by: null,
  };
}

/** The card with another draft for the same messages. */
function redraftedCard(card: CardDraft, draft: Draft, reason: ReviewReason): CardDraft {
  const { rule: _ofTheFirst, ...kept } = card;
  return {
    ...kept,
    ...carriedOf(draft),
    reason,
    basis: redraftedBasis(draft, card),
  };
}

/** A person's text in the draft's place, for when it has to be decided once more. */
function editedTo(draft: CardDraft, text: string): Pick<CardDraft, "draft" | "basis"> {
  return { draft: text, basis: editedBasis(draft) };
}

/** What a card says of the conversation around its draft. */
function backgroundFor(draft: CardDraft, conversation: Conversation | null): Background {
  if (conversation === null) return noBackground;
  const turn =
    draft.kind === "correction"
      ? answeredTurn(conversation, draft.basePartId)
      : unansweredTurn(conversation);
  return turn === null ? noBackground : backgroundOf(conversation, turn);
}
