import { createIntercom, type Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { CardPorts } from "../core/knowledge/empty-cards.ts";
import { followMergedContact } from "../core/knowledge/follow-merge.ts";
import {
  type ForgottenContact,
  forgetContact,
  forgetDeletedContact,
} from "../core/knowledge/forget-contact.ts";
import { forgetOldTurns } from "../core/knowledge/forget-old-turns.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";
import { createInsightForgetting } from "./insight.ts";
import type { KeptBeside } from "./kept-beside.ts";
import { openMemory } from "./memory.ts";
import { createShadow } from "./shadow.ts";

const dayMs = 86_400_000;

/** What the service does about people who are deleted, merged or to be forgotten. */
export function createForgetting(
  config: Config,
  intercom: Intercom | null,
  memory: AnswerMemory,
  beside: KeptBeside[],
  log: Log,
  onCardEmptied: (cardId: string) => void = () => {},
) {
  const isReal = !config.isMock && intercom !== null;
  const ports = {
    memory,
    contacts: isReal ? intercom.contacts : null,
    cards: isReal ? createCards(config, intercom, log, onCardEmptied) : null,
    async forgetBeside(conversationId: string) {
      for (const kept of beside) await kept.forget(conversationId);
    },
    clock: Date.now,
    log,
  };
  const stopping = new AbortController();
  return {
    forget: (contactId: string) => forgetContact(contactId, ports),
    deleted: (contactId: string) => forgetDeletedContact(contactId, ports),
    merged: (contactId: string) => followMergedContact(contactId, ports),
    /** Holds RETENTION_DAYS: at once, and then every day. Never fails. */
    async start() {
      const { retentionDays } = config;
      if (retentionDays === null) return;
      while (!stopping.signal.aborted) {
        try {
          const before = Date.now() - retentionDays * dayMs;
          await forgetOldTurns(before, memory, log);
          for (const kept of beside) await kept.forgetBefore(before);
        } catch (error) {
          log.error(
            { error },
            "what is older than RETENTION_DAYS was not removed; tried again tomorrow",
          );
        }
        await sleep(dayMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
  };
}

function createCards(
  { slack }: Config,
  { inbox }: Intercom,
  log: Log,
  onCardEmptied: (cardId: string) => void,
): CardPorts | null {
  if (slack === null) return null;
  return {
    inbox,
    async empty(cardId) {
      const { createCardEmptier } = await import("../adapters/slack/empty-card.ts");
      const isEmptied = await createCardEmptier({ ...slack, log })(cardId);
      if (isEmptied) onCardEmptied(cardId);
      return isEmptied;
    },
  };
}

/** What `npm run forget` needs, and nothing that answers customers. */
export async function composeForgetting(
  config: Config,
  log: Log,
): Promise<{
  forget(contactId: string): Promise<ForgottenContact>;
  /** `null` in mock mode, where Intercom is only stood in for. */
  findByEmail: ((email: string) => Promise<string[]>) | null;
  close(): void;
}> {
  const memory = await openMemory(config, log);
  const shadow = createShadow(config, log);
  const intercom =
    config.isMock || config.intercom === null ? null : createIntercom({ ...config.intercom, log });
  return {
    forget: createForgetting(
      config,
      intercom,
      memory,
      [shadow, createInsightForgetting(config, log)],
      log,
    ).forget,
    findByEmail: intercom?.contacts.findByEmail ?? null,
    close() {
      shadow.close();
      memory.close();
    },
  };
}
