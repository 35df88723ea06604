import type { Facts } from "../facts.ts";
import { builtInWords } from "../judging/built-in-escalations.ts";
import { holds, type Truth } from "../judging/conditions.ts";
import { factsOf } from "../judging/facts-of.ts";
import { placeOf } from "../judging/share.ts";
import type { NamedCondition, PolicyRules } from "../policy.ts";
import { newestTurn, unansweredTurn } from "../turn.ts";
import type { Conversation, JudgedSentence, Policy } from "../types.ts";
import { unknown } from "../unknown.ts";

/** A rule, and what it makes of a conversation before there is a draft. */
export type ExplainedRule = {
  list: keyof PolicyRules;
  name: string;
  isBuiltIn: boolean;
  /** What it does where it fits: `leaves it to people`, `mode review` … */
  does: string;
  /** `unknown`: it cannot be said, or only when there is a draft. `left-out`: not in its share. */
  fits: Truth | "left-out";
  /** Whether it is the one of its list that counts, as far as can be said. */
  decides: boolean;
};

export type ExplainedRules = {
  /** Whether the customer's newest messages still wait; where not, they are judged as if. */
  isWaiting: boolean;
  rules: ExplainedRule[];
  /** What stands where no rule of `mode` fits. */
  otherwise: Policy["replyMode"];
};

/**
 * Every rule of the policy, and whether it fits this conversation; `null`: no customer wrote in it.
 *
 * @param sentences what is known of the policy's plain sentences; absent: only the draft would tell
 */
export function explainRules(
  conversation: Conversation,
  policy: Policy,
  sentences?: JudgedSentence[],
): ExplainedRules | null {
  const waiting = unansweredTurn(conversation);
  const turn = waiting ?? newestTurn(conversation);
  if (turn === null) return null;
  const facts: Facts = { ...factsOf(conversation, turn, null), sentences: sentences ?? unknown };
  const { never, only, mode, escalate, guidance } = policy.rules;
  const judged = <Rule extends NamedCondition>(
    list: keyof PolicyRules,
    rules: Rule[],
    does: (rule: Rule) => string,
    isInShare: (rule: Rule) => boolean = () => true,
  ) => {
    const fits = rules.map((rule) => (isInShare(rule) ? holds(rule.when, facts) : "left-out"));
    const deciding = fits.indexOf("yes");
    return rules.map(
      (rule, index): ExplainedRule => ({
        list,
        name: rule.name,
        isBuiltIn: list === "escalate" && rule.name in builtInWords,
        does: does(rule),
        fits: fits[index] ?? "no",
        decides: index === deciding,
      }),
    );
  };
  return {
    isWaiting: waiting !== null,
    rules: [
      ...judged("never", never, () => "leaves it to people"),
      ...judged("only", only, () => "lets it be answered"),
      ...judged(
        "mode",
        mode,
        ({ mode: word, percent }) => `mode ${word}${percent < 100 ? `, for ${percent} %` : ""}`,
        ({ percent }) => placeOf(facts.conversationId) < percent,
      ),
      ...judged("escalate", escalate, ({ step }) => step),
      // All that fit are told, so none of them decides.
      ...judged("guidance", guidance, () => "tells the model").map((rule) => ({
        ...rule,
        decides: false,
      })),
    ],
    otherwise: policy.replyMode,
  };
}
