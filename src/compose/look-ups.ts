import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import { createKnownCustomers } from "../core/answering/known-customers.ts";
import { createKnownSchedules } from "../core/answering/known-schedules.ts";
import { knownOutcomeLabels } from "../core/answering/labels-of.ts";
import { customerNeeds } from "../core/judging/customer-needs.ts";
import { schedulesUsed } from "../core/judging/schedules-used.ts";
import {
  explainUnknownName,
  targetsIn,
  unknownLabels,
  unknownNames,
  unknownSchedules,
  unknownTargets,
} from "../core/judging/unknown-names.ts";
import { withWhoAsks } from "../core/judging/who-asks.ts";
import type { Inbox, Log } from "../core/ports.ts";

/** What rules may ask about and no conversation says: who asks, and when people are at work. */
export type LookUps = {
  /** Begins to read what the next look at a conversation of theirs will need. */
  expect(contactId: string | null): void;
  /** The same inbox, whose conversations say who asks and Intercom's office hours, as far as the policy uses them. */
  knownIn(inbox: Inbox): Inbox;
  /** The same with office hours alone, and what the conversation itself says of who asks: on `/chat` nobody is a customer. */
  hoursIn<Kind extends Inbox>(inbox: Kind): Kind;
};

/** Looks things up in Intercom; without it nothing is known beyond the conversations. */
export function createLookUps(config: Config, intercom: Intercom | null, log: Log): LookUps {
  const withAsker = <Kind extends Inbox>(inbox: Kind) => withWhoAsks(inbox, () => config.policy);
  if (intercom === null) {
    return { expect: () => {}, knownIn: withAsker, hoursIn: withAsker };
  }
  const options = { policy: () => config.policy, clock: Date.now, log };
  const customers = createKnownCustomers({ ...options, customers: intercom.customers });
  const hours = createKnownSchedules({ ...options, schedules: intercom.schedules });
  return {
    expect(contactId) {
      customers.expect(contactId);
      hours.expect();
    },
    knownIn: (inbox) => withAsker(hours.knownIn(customers.knownIn(inbox))),
    hoursIn: (inbox) => withAsker(hours.knownIn(inbox)),
  };
}

/** Says at start which names of the policy do not exist in the workspace; asks only where it names any. */
export async function sayUnknownNames(config: Config, intercom: Intercom, log: Log): Promise<void> {
  const { policy } = config;
  try {
    const names =
      customerNeeds(policy) === null ? [] : unknownNames(policy, await intercom.customerNames());
    const targets =
      targetsIn(policy).length === 0 ? [] : unknownTargets(policy, await intercom.takers());
    const named = schedulesUsed(policy);
    const schedules =
      named.length === 0
        ? []
        : unknownSchedules(named, await intercom.schedules.read(AbortSignal.timeout(10_000)));
    const labels =
      policy.labels === null
        ? []
        : unknownLabels(policy, await intercom.labelNames(), knownOutcomeLabels);
    for (const unknown of [...names, ...targets, ...schedules, ...labels]) {
      log.warn({ ...unknown }, explainUnknownName(unknown));
    }
  } catch (error) {
    log.warn({ error }, "the names of CONTACT_ATTRIBUTES and the policy file were not checked");
  }
}
