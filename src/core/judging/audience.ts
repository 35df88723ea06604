import type { Facts } from "../facts.ts";
import type { NamedCondition, PolicyRules } from "../policy.ts";
import { unansweredTurn } from "../turn.ts";
import type { Conversation, Policy } from "../types.ts";
import { holds } from "./conditions.ts";
import { factsOf } from "./facts-of.ts";
import { needsJudging } from "./sentences-used.ts";

/** What stands for the rules of `only` where none of them fits. */
const noneOfOnly = "only";

/**
 * The rule of the policy file that leaves these facts to people, or `null`. What cannot be said, such
 * as whether a word is at least 5, leaves them to people too.
 *
 * @param isDrafted before there is a draft, rules that hold a plain sentence keep nobody from it
 */
export function excludingRule(
  { only, never }: PolicyRules,
  facts: Facts,
  isDrafted: boolean,
): string | null {
  const isLater = ({ when }: NamedCondition) => !isDrafted && needsJudging(when);
  const excluding = never.find((rule) => !isLater(rule) && holds(rule.when, facts) !== "no");
  if (excluding !== undefined) return excluding.name;
  const isIn = only.some((rule) => isLater(rule) || holds(rule.when, facts) === "yes");
  return only.length === 0 || isIn ? null : noneOfOnly;
}

/** The same of a conversation in which somebody waits. */
export function ruleAgainst(conversation: Conversation, { rules }: Policy): string | null {
  const turn = unansweredTurn(conversation);
  return turn === null ? null : excludingRule(rules, factsOf(conversation, turn, null), false);
}
