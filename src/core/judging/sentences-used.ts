import type { Condition, PolicyRules } from "../policy.ts";
import { conditionsIn, withInner } from "./customer-needs.ts";

/** Every plain sentence of the rules, each once: whoever judges messages is asked about all of them. */
export function sentencesUsed(rules: PolicyRules): string[] {
  return [...new Set(conditionsIn(rules).flatMap(({ says = [] }) => says))];
}

/** Whether a condition can be judged only when there is a draft, because it holds a plain sentence. */
export function needsJudging(condition: Condition): boolean {
  return withInner(condition).some(({ says }) => says !== undefined);
}
