import type { Facts } from "../facts.ts";
import type { Escalation } from "../policy.ts";
import { builtInEscalations } from "./built-in-escalations.ts";
import { holds } from "./conditions.ts";

/** A rule of the policy file: one that is built in may leave out what it does not change. */
type WrittenEscalation = Pick<Escalation, "name"> & {
  when?: Escalation["when"] | undefined;
  step?: Escalation["step"] | "off" | undefined;
  to?: Escalation["to"] | undefined;
  tell?: Escalation["tell"] | undefined;
};

/** The rules of the file, and behind them the built-in ones that it does not name. */
export function withBuiltIn(written: WrittenEscalation[]): Escalation[] {
  const named = new Set(written.map(({ name }) => name));
  const own = written.flatMap((rule): Escalation[] => {
    const builtIn = builtInEscalations.find((one) => one.name === rule.name);
    const { name, when = builtIn?.when, step = builtIn?.step, to = null, tell = null } = rule;
    if (when === undefined || step === undefined || step === "off") return [];
    return [{ name, when, step, to, tell }];
  });
  return [...own, ...builtInEscalations.filter(({ name }) => !named.has(name))];
}

/** The first rule that fits, or that may fit as far as can be said; `null`: none. */
export function escalationFor(rules: Escalation[], facts: Facts): Escalation | null {
  return rules.find(({ when }) => holds(when, facts) !== "no") ?? null;
}
