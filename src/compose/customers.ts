import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import { createKnownCustomers, type KnownCustomers } from "../core/answering/known-customers.ts";
import { customerNeeds } from "../core/judging/customer-needs.ts";
import {
  explainUnknownName,
  targetsIn,
  unknownNames,
  unknownTargets,
} from "../core/judging/unknown-names.ts";
import type { Log } from "../core/ports.ts";

/** Who asks, from Intercom; without it nobody is known beyond their conversations. */
export function createCustomers(
  config: Config,
  intercom: Intercom | null,
  log: Log,
): KnownCustomers {
  if (intercom === null) return { expect: () => {}, knownIn: (inbox) => inbox };
  const { customers } = intercom;
  return createKnownCustomers({ customers, policy: () => config.policy, clock: Date.now, log });
}

/** Says at start which names of the policy do not exist in the workspace; asks only where it names any. */
export async function sayUnknownNames(config: Config, intercom: Intercom, log: Log): Promise<void> {
  const { policy } = config;
  try {
    const names =
      customerNeeds(policy) === null ? [] : unknownNames(policy, await intercom.customerNames());
    const targets =
      targetsIn(policy).length === 0 ? [] : unknownTargets(policy, await intercom.takers());
    for (const unknown of [...names, ...targets]) {
      log.warn({ ...unknown }, explainUnknownName(unknown));
    }
  } catch (error) {
    log.warn({ error }, "the names of CONTACT_ATTRIBUTES and the policy file were not checked");
  }
}
