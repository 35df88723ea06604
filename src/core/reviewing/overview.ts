import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import type { Clock, Inbox } from "../ports.ts";
import { unansweredTurn } from "../turn.ts";
import type { Conversation } from "../types.ts";
import { askedInOneLine } from "./asked.ts";
import { openCards } from "./close-reviews.ts";

/** What the people who review want to know at a glance. */
export type Overview = {
  /** Cards whose customer waits, the longest first. */
  waiting: WaitingCard[];
  /** Conversations that were not looked at, because there are so many. */
  notLookedAt: number;
  /** What people decided in the last 24 hours; `null` where the memory could not be read. */
  decided: { by: string; sent: number; rejected: number }[] | null;
};

export type WaitingCard = {
  cardId: string;
  customerName: string | null;
  asked: string;
  /** Milliseconds since 1970, by Intercom's clock. */
  since: number;
  /** The draft was rejected, or there was none. */
  needsAnswer: boolean;
  conversationUrl: string;
};

export type OverviewPorts = {
  inbox: Pick<Inbox, "read" | "waiting">;
  memory: Pick<AnswerMemory, "findAnswers">;
  clock: Clock;
};

const dayMs = 24 * 3_600_000;
/** Older ones are no work of today any more; Intercom's own views show them. */
const recentMs = 14 * dayMs;
/** Each costs a call to Intercom, whose allowance belongs to customers first. */
const mostConversations = 30;
const atOnce = 5;
/** More than a team decides in a day. */
const mostVerdicts = 300;
const memoryTimeoutMs = 5_000;

/**
 * Reads what waits from Intercom and what was decided from the answer memory: nothing of it is kept
 * here.
 * @throws UpstreamError when Intercom cannot be read
 */
export async function readOverview(ports: OverviewPorts): Promise<Overview> {
  const now = ports.clock();
  const [found, decided] = await Promise.all([
    ports.inbox.waiting({ waitingBefore: now, updatedAfter: now - recentMs }),
    readDecided(ports, now - dayMs),
  ]);
  const looked = found.slice(0, mostConversations);
  const waiting: WaitingCard[] = [];
  for (let done = 0; done < looked.length; done += atOnce) {
    const batch = looked.slice(done, done + atOnce);
    const read = await Promise.all(batch.map(({ id }) => ports.inbox.read(id)));
    waiting.push(...read.flatMap((one) => (one === null ? [] : cardsWaitingIn(one))));
  }
  waiting.sort((one, other) => one.since - other.since);
  return { waiting, notLookedAt: found.length - looked.length, decided };
}

function cardsWaitingIn(conversation: Conversation): WaitingCard[] {
  const turn = unansweredTurn(conversation);
  const [oldest] = turn?.messages ?? [];
  if (turn === null || oldest === undefined) return [];
  const ids = new Set(turn.messages.map(({ id }) => id));
  // Of several cards for one turn the newest is the one to decide.
  const card = openCards(conversation).findLast(({ basePartId }) => ids.has(basePartId));
  if (card === undefined) return [];
  return [
    {
      cardId: card.cardId,
      customerName: conversation.contact.name,
      asked: askedInOneLine(turn.messages.map(({ text }) => text)),
      since: oldest.at,
      needsAnswer: card.outcome === "rejected",
      conversationUrl: conversation.url,
    },
  ];
}

async function readDecided({ memory }: OverviewPorts, since: number): Promise<Overview["decided"]> {
  try {
    const signal = AbortSignal.timeout(memoryTimeoutMs);
    const newest = await memory.findAnswers(null, mostVerdicts, signal);
    const counts = new Map<string, { by: string; sent: number; rejected: number }>();
    for (const { at, decision, verdict, status } of newest) {
      if (verdict === undefined || decision?.action !== "review" || at < since) continue;
      const count = counts.get(verdict.by) ?? { by: verdict.by, sent: 0, rejected: 0 };
      if (status === "rejected") count.rejected += 1;
      else count.sent += 1;
      counts.set(verdict.by, count);
    }
    const total = (one: { sent: number; rejected: number }) => one.sent + one.rejected;
    return [...counts.values()].sort((one, other) => total(other) - total(one));
  } catch {
    return null;
  }
}
