import type { PolicyRules } from "../policy.ts";
import type { Drafter } from "../ports.ts";
import type { Policy } from "../types.ts";
import { holds } from "./conditions.ts";
import { factsOf } from "./facts-of.ts";
import { sentencesUsed } from "./sentences-used.ts";

/**
 * The same drafter, whose model is told what the policy's `guidance` says about the conversation, sorts
 * the messages into its `topics`, and says which of its plain sentences are true of them.
 */
export function withGuidance(drafter: Drafter, policy: () => Policy): Drafter {
  let latest: { rules: PolicyRules; sentences: string[] } | null = null;

  /** The same list for the same rules, so that what is made of it need not be made anew. */
  function sentencesNow(rules: PolicyRules): string[] {
    if (latest?.rules !== rules) latest = { rules, sentences: sentencesUsed(rules) };
    return latest.sentences;
  }

  return {
    draft(request, signal) {
      const { rules: all, topics } = policy();
      const rules = all.guidance;
      const sentences = sentencesNow(all);
      const asked = {
        ...request,
        ...(topics.length === 0 ? {} : { topics }),
        ...(sentences.length === 0 ? {} : { sentences }),
      };
      if (rules.length === 0) return drafter.draft(asked, signal);
      const facts = factsOf(request.conversation, request.turn, null);
      // A sentence that may be meant is said: it asks for care more often than for freedom.
      const meant = rules.filter(({ when }) => holds(when, facts) !== "no");
      return drafter.draft({ ...asked, guidance: meant.map(({ say }) => say) }, signal);
    },
  };
}
