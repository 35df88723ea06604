import { queryFrom, recall } from "../knowledge/recall.ts";
import type { Clock, Drafter, HelpCenter, Inbox, Log, Memory, Reviews, Slot } from "../ports.ts";
import type { Conversation, Hint, JourneyReport, Policy, Recall } from "../types.ts";
import { type NewerMessages, watchForNewerMessages } from "./newer-messages.ts";
import type { ObservedVersions } from "./observed-versions.ts";
import { withRepliesInPlace } from "./replies-in-place.ts";
import type { TurnRecord } from "./turn-record.ts";

export type JourneyPorts = {
  inbox: Inbox;
  drafter: Drafter;
  memory: Memory;
  helpCenter: HelpCenter;
  reviews: Reviews;
  record: TurnRecord;
  observed: ObservedVersions;
  clock: Clock;
  log: Log;
  /** No reply leaves before: one sent by the process before us may still be on its way. */
  earliestReplyAt: number;
  /** Told about each turn that came to an end. */
  onReport?(report: JourneyReport): void;
};

/** What is known while a hint is followed; it may see several turns. */
export type Journey = {
  slot: Slot;
  ports: JourneyPorts;
  policy: Policy;
  newerMessages: NewerMessages;
  /** Recall for the hint's text, begun before the conversation was read. */
  early: { query: string; contactId: string | null; recall: Promise<Recall> } | null;
  startedAt: number;
  /** When the last reading ended, by this machine's clock. */
  readAt: number;
  /** How the conversation came, as it was read last. */
  channel: string | null;
  steps: JourneyReport["steps"];
  hint: Hint;
  /** What is being stored; the customer never waits for it. */
  remembering: Promise<void>;
};

export function startJourney(hint: Hint, slot: Slot, ports: JourneyPorts, policy: Policy): Journey {
  const query = queryFrom(hint.text);
  const { contactId, conversationId: inConversation } = hint;
  // Which brand they write to stands in the conversation, which is not read yet.
  const recalledFor = { contactId, inConversation, asker: {} };
  const startedAt = ports.clock();
  return {
    hint,
    slot,
    ports,
    policy,
    newerMessages: watchForNewerMessages(slot),
    early: query === "" ? null : { query, contactId, recall: recall(query, recalledFor, ports) },
    startedAt,
    readAt: startedAt,
    channel: null,
    steps: [],
    remembering: Promise.resolve(),
  };
}

/** Reads the conversation as it is now, each reply of ours behind the message that it answered. */
export async function read(journey: Journey): Promise<Conversation | null> {
  const { hint, ports } = journey;
  const conversation = await timed(journey, "read", () => ports.inbox.read(hint.conversationId));
  journey.readAt = ports.clock();
  if (conversation === null) return null;
  journey.channel = conversation.channel;
  return withRepliesInPlace(conversation, ports.record.basePartIds);
}

/** Does one step and keeps how long it took. */
export async function timed<T>(journey: Journey, name: string, step: () => Promise<T>): Promise<T> {
  const { clock } = journey.ports;
  const startedAt = clock();
  const result = await step();
  const durationMs = clock() - startedAt;
  journey.steps.push({ name, startedMs: startedAt - journey.startedAt, durationMs });
  return result;
}
