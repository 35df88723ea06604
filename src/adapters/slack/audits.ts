import { noteInReview } from "../../core/judging/wording.ts";
import type { AuditedSent } from "../../core/measures.ts";
import { marksIn } from "../../core/note-marks.ts";
import type { WorkQueue } from "../../core/ports.ts";
import {
  type AuditedReply,
  type AuditPorts,
  correctReply,
  fileWrongReply,
  rememberAsGood,
  type SentReply,
} from "../../core/reviewing/audit-sample.ts";
import { backgroundOf } from "../../core/reviewing/review-background.ts";
import { answeredTurn } from "../../core/reviewing/review-standing.ts";
import { noteOnce, type SettlePorts } from "../../core/reviewing/settle-review.ts";
import type { Conversation, Policy } from "../../core/types.ts";
import { auditCard } from "./audit-card.ts";
import { shouldHaveSaidLimit } from "./card.ts";
import type { CardDraft } from "./card-blocks.ts";
import { cardId } from "./card-id.ts";
import type { SlackClients } from "./clients.ts";
import { cutText } from "./cut-text.ts";
import { decidedCard } from "./decided-card.ts";
import type { Packer } from "./pack-draft.ts";
import { besideOf, cardDraftOf, type createCardPoster } from "./reviews.ts";
import type { Decidable } from "./verdicts.ts";
import { labels, mrkdwnPerson, mrkdwnStatus, mrkdwnTime } from "./wording.ts";

export type AuditsOptions = {
  clients: SlackClients;
  packer: Packer;
  poster: ReturnType<typeof createCardPoster>;
  queue: Pick<WorkQueue, "runAlone">;
  ports: AuditPorts & Pick<SettlePorts, "inbox" | "rest">;
  policy: () => Policy;
  /** Told when a verdict is remembered. Must not throw. */
  onAudited(sent: AuditedSent): void;
};

export type Audits = {
  /** Posts the card for a reply that was sent already. @throws UpstreamError */
  post(sent: SentReply): Promise<void>;
  /** Carries out a claimed verdict. */
  good(decidable: Decidable): Promise<void>;
  wrong(decidable: Decidable, shouldHaveSaid: string): Promise<void>;
  /** Files what should have been said in place of our reply before the one that is reviewed. */
  replyWasWrong(decidable: Decidable, shouldHaveSaid: string): Promise<void>;
};

/** Cards about replies that were sent automatically. */
export function createAudits(options: AuditsOptions): Audits {
  const { clients, packer, poster, queue, ports, policy } = options;

  return {
    replyWasWrong,

    async post({ conversation, turn, draft }) {
      const audited = {
        ...cardDraftOf(conversation, turn, draft, { reason: "audit-sample" }),
        kind: "audit" as const,
      };
      const card = auditCard(audited, backgroundOf(conversation, turn), packer);
      if (card !== null) await poster.postCard(card, null);
    },

    async good(decidable) {
      await show(decidable, mrkdwnStatus.good, null);
      await rememberAsGood(auditedReply(decidable), decidable.by.name, ports);
      options.onAudited({ isRight: true, foundBy: "audit" });
    },

    async wrong(decidable, shouldHaveSaid) {
      await show(decidable, mrkdwnStatus.wrong, shouldHaveSaid);
      await queue.runAlone(decidable.draft.conversationId, async () => {
        const audited = auditedReply(decidable);
        const correction = await correctReply(
          audited,
          shouldHaveSaid,
          decidable.by.name,
          ports,
          policy(),
        );
        options.onAudited({ isRight: false, foundBy: "audit" });
        if (correction === null) return;
        const { conversation, turn, draft } = correction;
        const cardDraft = {
          ...cardDraftOf(conversation, turn, draft, { reason: "audit-sample" }),
          kind: "correction" as const,
          wrong: {
            by: decidable.by.name,
            shouldHaveSaid: cutText(shouldHaveSaid, shouldHaveSaidLimit),
          },
        };
        const card = await poster.postReview(
          cardDraft,
          backgroundOf(conversation, turn),
          besideOf([], draft),
        );
        const note = noteInReview(turn, draft, { reason: "audit-sample" }, card, []);
        const isThere = (fresh: Conversation) =>
          marksIn(fresh).some((mark) => mark.cardId === card.id);
        await noteOnce(conversation.id, note, isThere, ports, policy());
      });
    },
  };

  /** Never throws: the draft that puts it right must not wait for what is only remembered. */
  async function replyWasWrong({ draft, by }: Decidable, shouldHaveSaid: string): Promise<void> {
    try {
      if (await fileWrongReply(draft, shouldHaveSaid, by.name, ports)) {
        options.onAudited({ isRight: false, foundBy: "customer" });
      }
    } catch (error) {
      ports.log.warn({ conversationId: draft.conversationId, error }, "wrong reply not filed");
    }
  }

  async function show(
    { draft, place, by }: Decidable,
    sentence: (by: string, at: string) => string,
    shouldHaveSaid: string | null,
  ): Promise<void> {
    const words = sentence(mrkdwnPerson(by.id), mrkdwnTime(ports.clock()));
    const messages = await messagesFor(draft);
    const shown = { messages, label: labels.sentText, text: draft.draft, shouldHaveSaid };
    const { text, blocks } = decidedCard(draft, words, shown);
    const { channel, ts } = place;
    try {
      await clients.patient.chat.update({ channel, ts, text, blocks });
    } catch (error) {
      ports.log.warn({ cardId: cardId(place), error }, "card not updated");
    }
  }

  /** What the reply answered; where Intercom cannot be read, as much of it as the card carries. */
  async function messagesFor({ conversationId, basePartId, asked }: CardDraft): Promise<string[]> {
    const carried = asked === undefined ? [] : [asked];
    try {
      const conversation = await ports.inbox.read(conversationId);
      const turn = conversation && answeredTurn(conversation, basePartId);
      return turn?.messages.map(({ text }) => text) ?? carried;
    } catch {
      return carried;
    }
  }
}

function auditedReply({ draft }: Decidable): AuditedReply {
  return {
    conversationId: draft.conversationId,
    replyId: draft.basePartId,
    text: draft.draft,
    confidence: draft.confidence,
    basis: draft.basis,
    language: draft.language,
    draftedFrom: draft.sources.map(({ id }) => id),
    forWhom: draft.forWhom,
  };
}
