import type { Drafter } from "../ports.ts";
import type { Draft, Part, Source, UnsupportedClaim } from "../types.ts";
import { unquotedClaims, unsupportedClaims } from "./claims.ts";

/**
 * The same drafter; each draft also says what of it its sources do not carry. Where the model copied
 * passages as evidence, those must carry it: a fact without a passage that stands in its source
 * counts as one without a source. A model that copies none is held to the sources it names.
 */
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
      const uncarried = unsupportedClaims(draft, sources, said);
      const unquoted =
        draft.quotes === undefined
          ? []
          : unquotedClaims(draft, passagesOf(draft.quotes, recall.sources), said);
      const unsupported = [...uncarried, ...unquoted.filter((claim) => !isAmong(claim, uncarried))];
      return { draft: { ...draft, unsupported } };
    },
  };
}

/** Each source with nothing but what was copied from it and stands in it. */
function passagesOf(quotes: NonNullable<Draft["quotes"]>, sources: Source[]): Source[] {
  const standing = quotes.filter(({ isStanding }) => isStanding);
  const textFrom = (id: string) =>
    standing
      .filter(({ sourceId }) => sourceId === id)
      .map(({ text }) => text)
      .join("\n");
  return sources
    .map((source) => ({ ...source, text: textFrom(source.id) }))
    .filter(({ text }) => text !== "");
}

function isAmong(claim: UnsupportedClaim, others: UnsupportedClaim[]): boolean {
  return others.some(
    ({ kind, words, sentence }) =>
      kind === claim.kind && words === claim.words && sentence === claim.sentence,
  );
}
