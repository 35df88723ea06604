import { type Customer, type CustomerNeeds, mostPrevious } from "../customer.ts";
import { customerNeeds } from "../judging/customer-needs.ts";
import { shownFacts } from "../judging/shown-facts.ts";
import type { Clock, Customers, Inbox, Log } from "../ports.ts";
import type { Conversation, Policy } from "../types.ts";
import { type Fact, unknown } from "../unknown.ts";

/** A customer waits meanwhile: who cannot be read by then counts as not known. */
const timeoutMs = 2_000;
/** One journey reads a conversation several times; of the customer once is enough. */
const keptMs = 60_000;
/** Soon enough for the next message after a failure, and one journey does not wait twice. */
const failureKeptMs = 10_000;
const maxKept = 1_000;

type Kept = { needs: CustomerNeeds; until: number; customer: Promise<Fact<Customer>> };

export type KnownCustomers = {
  /** Begins to read who is about to be asked for; costs nothing where the policy uses nothing of them. */
  expect(contactId: string | null): void;
  /** The same inbox, whose conversations say who asks, as far as the policy uses it. */
  knownIn(inbox: Inbox): Inbox;
};

/** Knows who asks: reads them when the policy uses something of them, each at most once a minute. */
export function createKnownCustomers(options: {
  customers: Customers;
  policy: () => Policy;
  clock: Clock;
  log: Log;
}): KnownCustomers {
  const { customers, policy, clock, log } = options;
  const kept = new Map<string, Kept>();

  function customerOf(contactId: string, needs: CustomerNeeds): Promise<Fact<Customer>> {
    const known = kept.get(contactId);
    if (known !== undefined && known.until > clock() && covers(known.needs, needs)) {
      return known.customer;
    }
    const entry: Kept = {
      needs,
      until: clock() + keptMs,
      customer: read(contactId, needs).catch((error: unknown) => {
        entry.until = Math.min(entry.until, clock() + failureKeptMs);
        log.warn({ contactId, error }, "customer not read: what depends on it is left to people");
        return unknown;
      }),
    };
    keep(contactId, entry);
    return entry.customer;
  }

  async function read(contactId: string, needs: CustomerNeeds): Promise<Fact<Customer>> {
    const customer = await customers.read(contactId, needs, AbortSignal.timeout(timeoutMs));
    if (customer === null) log.info({ contactId }, "customer not in Intercom any more");
    return customer ?? unknown;
  }

  function keep(contactId: string, entry: Kept): void {
    kept.delete(contactId);
    kept.set(contactId, entry);
    const oldest = kept.keys().next();
    if (kept.size > maxKept && !oldest.done) kept.delete(oldest.value);
  }

  let latest: { policy: Policy; needs: CustomerNeeds | null } | undefined;

  /** What the policy of the moment uses; worked out once for each policy. */
  function needsNow(): CustomerNeeds | null {
    const now = policy();
    if (latest?.policy !== now) latest = { policy: now, needs: customerNeeds(now) };
    return latest.needs;
  }

  async function known(conversation: Conversation): Promise<Conversation> {
    const { contactAttributes } = policy();
    const needs = needsNow();
    const { id } = conversation.contact;
    if (needs === null || id === null) return conversation;
    const customer = withoutPresent(await customerOf(id, needs), conversation.id);
    const shown = customer === unknown ? [] : shownFacts(customer, contactAttributes);
    return { ...conversation, customer, shownFacts: shown };
  }

  return {
    expect(contactId) {
      const needs = needsNow();
      if (needs !== null && contactId !== null) void customerOf(contactId, needs);
    },
    knownIn: (inbox) => ({
      ...inbox,
      async read(conversationId, signal) {
        const conversation = await inbox.read(conversationId, signal);
        return conversation === null ? null : known(conversation);
      },
    }),
  };
}

/** What is kept of a customer serves in all of their conversations. */
function withoutPresent(customer: Fact<Customer>, conversationId: string): Fact<Customer> {
  if (customer === unknown || customer.conversations === unknown) return customer;
  const previous = customer.conversations.filter(({ id }) => id !== conversationId);
  return { ...customer, conversations: previous.slice(0, mostPrevious) };
}

function covers(had: CustomerNeeds, needs: CustomerNeeds): boolean {
  return (
    (had.tags || !needs.tags) &&
    (had.segments || !needs.segments) &&
    (had.companies || !needs.companies) &&
    (had.conversations || !needs.conversations)
  );
}
