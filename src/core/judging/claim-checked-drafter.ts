import type { Drafter } from "../ports.ts";
import type { Part } from "../types.ts";
import { unsupportedClaims } from "./claims.ts";

/** The same drafter; each draft also says what of it its sources do not carry. */
export function withClaimCheck(drafter: Drafter): Drafter {
  return {
    async draft(request, signal) {
      const drafting = await drafter.draft(request, signal);
      if ("noDraft" in drafting) return drafting;
      const { draft } = drafting;
      const { conversation, turn, recall, revision, attachments = [] } = request;
      const sources = draft.usedSources.length > 0 ? draft.usedSources : recall.sources;
      const parts = [...turn.earlier, ...turn.messages];
      const isCustomers = ({ author }: Part) => author.role === "customer";
      const said = {
        byUs: [
          ...parts.filter((part) => !isCustomers(part)).map(({ text }) => text),
          revision?.instruction ?? "",
        ],
        byCustomer: [
          ...parts.filter(isCustomers).map(({ text }) => text),
          ...conversation.shownFacts.map(({ value }) => value),
          ...attachments.flatMap((one) => (one.kind === "text" ? [one.text] : [])),
        ],
      };
      return { draft: { ...draft, unsupported: unsupportedClaims(draft, sources, said) } };
    },
  };
}
