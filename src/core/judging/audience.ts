import type { Facts } from "../facts.ts";
import type { PolicyRules } from "../policy.ts";
import { unansweredTurn } from "../turn.ts";
import type { Conversation, Policy } from "../types.ts";
import { holds } from "./conditions.ts";
import { factsOf } from "./facts-of.ts";

/** What stands for the rules of `only` where none of them fits. */
const noneOfOnly = "only";

/**
 * The rule of the policy file that leaves these facts to people, or `null`. What cannot be said, such
 * as whether a word is at least 5, leaves them to people too.
 */
function excludingRule({ only, never }: PolicyRules, facts: Facts): string | null {
  const excluding = never.find(({ when }) => holds(when, facts) !== "no");
  if (excluding !== undefined) return excluding.name;
  const isIn = only.length === 0 || only.some(({ when }) => holds(when, facts) === "yes");
  return isIn ? null : noneOfOnly;
}

/** The same of a conversation in which somebody waits. */
export function ruleAgainst(conversation: Conversation, { rules }: Policy): string | null {
  const turn = unansweredTurn(conversation);
  return turn === null ? null : excludingRule(rules, factsOf(conversation, turn, null));
}
