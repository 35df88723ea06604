import type { Facts } from "../facts.ts";
import type { ModeRule } from "../policy.ts";
import type { Policy } from "../types.ts";
import { holds } from "./conditions.ts";
import { placeOf } from "./share.ts";

/** `rule`: the policy file's rule that chose it; `null`: the settings did. */
type ChosenMode = { mode: ModeRule["mode"]; rule: string | null };

/** What leaves most to people comes first; in the shadow, nobody learns of it. */
const byCaution: ModeRule["mode"][] = ["note", "review", "shadow", "auto"];

/** The mode of the first rule that fits; where that cannot be said, the most careful that may fit. */
export function modeFor(policy: Policy, facts: Facts): ChosenMode {
  const candidates = modesThatMayFit(policy, facts);
  const careful = byCaution.flatMap((mode) => candidates.filter((one) => one.mode === mode));
  return careful[0] ?? { mode: "note", rule: null };
}

/** Whether a reply may still go out by itself, as far as is known now. */
export function mayBeAutomatic(policy: Policy, facts: Facts): boolean {
  return modesThatMayFit(policy, facts).some(({ mode }) => mode === "auto");
}

function modesThatMayFit({ rules, replyMode }: Policy, facts: Facts): ChosenMode[] {
  const found: ChosenMode[] = [];
  for (const { name, mode, when, percent } of rules.mode) {
    if (placeOf(facts.conversationId) >= percent) continue;
    const fits = holds(when, facts);
    if (fits !== "no") found.push({ mode, rule: name });
    if (fits === "yes") return found;
  }
  return [...found, { mode: replyMode, rule: null }];
}
