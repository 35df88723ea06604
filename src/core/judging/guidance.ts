import type { Drafter } from "../ports.ts";
import type { Policy } from "../types.ts";
import { holds } from "./conditions.ts";
import { factsOf } from "./facts-of.ts";

/**
 * The same drafter, whose model is told what the policy's `guidance` says about the conversation, and
 * sorts the messages into its `topics`.
 */
export function withGuidance(drafter: Drafter, policy: () => Policy): Drafter {
  return {
    draft(request, signal) {
      const { rules: all, topics } = policy();
      const rules = all.guidance;
      const asked = topics.length === 0 ? request : { ...request, topics };
      if (rules.length === 0) return drafter.draft(asked, signal);
      const facts = factsOf(request.conversation, request.turn, null);
      // A sentence that may be meant is said: it asks for care more often than for freedom.
      const meant = rules.filter(({ when }) => holds(when, facts) !== "no");
      return drafter.draft({ ...asked, guidance: meant.map(({ say }) => say) }, signal);
    },
  };
}
