import type { Drafter } from "../ports.ts";
import { unsupportedClaims } from "./claims.ts";

/** The same drafter; each draft also says what of it its sources do not carry. */
export function withClaimCheck(drafter: Drafter): Drafter {
  return {
    async draft(request, signal) {
      const drafting = await drafter.draft(request, signal);
      if ("noDraft" in drafting) return drafting;
      const { draft } = drafting;
      const { conversation, turn, recall, revision } = request;
      const sources = draft.usedSources.length > 0 ? draft.usedSources : recall.sources;
      const said = [
        ...[...turn.earlier, ...turn.messages].map(({ text }) => text),
        ...conversation.shownFacts.map(({ value }) => value),
        revision?.instruction ?? "",
      ];
      return { draft: { ...draft, unsupported: unsupportedClaims(draft, sources, said) } };
    },
  };
}
