import type { HoursSource } from "../policy.ts";
import type { Policy } from "../types.ts";
import { conditionsIn } from "./customer-needs.ts";
import { targetsIn } from "./unknown-names.ts";

/**
 * Which of Intercom's schedules the policy names (`null`: the only one), as far as a rule asks for
 * hours or a hand-off may tell them; none: nobody needs to be asked.
 */
export function schedulesUsed(policy: Policy): (string | null)[] {
  if (policy.officeHours === null) return [];
  const { general, teams } = policy.officeHours;
  const named = [general, ...Object.values(teams)].flatMap((source: HoursSource) =>
    "schedule" in source ? [source.schedule] : [],
  );
  if (named.length === 0) return [];
  const areAsked = conditionsIn(policy.rules).some(({ officeHours }) => officeHours !== undefined);
  return areAsked || targetsIn(policy).length > 0 ? [...new Set(named)] : [];
}
