import type { CardDraft } from "./card-blocks.ts";
import { cutText } from "./cut-text.ts";
import { shortFact } from "./known-blocks.ts";
import { type CardSource, type Packer, toButtonValues } from "./pack-draft.ts";

/** What a retried card keeps of what is only there to be read. */
const packedReasoningLimit = 300;
const packedSources = 5;
const packedTitleLimit = 80;
const packedFacts = 6;

/**
 * The draft as it travels in a card's three buttons: with what is there only to be read, as far as
 * there is room for it.
 * @returns `null` when even the draft alone does not fit
 */
export function packInto(draft: CardDraft, packer: Packer): [string, string, string] | null {
  const readable = {
    ...draft,
    reasoning: cutText(draft.reasoning, packedReasoningLimit),
    sources: draft.sources.map((source, index) =>
      index < packedSources
        ? { ...source, title: cutText(source.title, packedTitleLimit) }
        : { id: source.id, title: "", url: null },
    ),
    ...(draft.known && { known: draft.known.slice(0, packedFacts).map(shortFact) }),
  };
  const withoutQuotes = { ...readable, sources: readable.sources.map(withoutQuote) };
  const { known: _known, wrong: _wrong, whyUrl: _whyUrl, ...rest } = withoutQuotes;
  const bare = {
    ...rest,
    reasoning: "",
    sources: draft.sources.map(({ id }) => ({ id, title: "", url: null })),
  };
  const withoutBasis = { ...bare, basis: undefined };
  // A draft that stands whole in each button needs no other one's value: no quotation is worth that.
  const quoted = toButtonValues(packer.pack(readable));
  if (quoted?.[0].startsWith("1.1:")) return quoted;
  return (
    toButtonValues(packer.pack(withoutQuotes)) ??
    toButtonValues(packer.pack(bare)) ??
    toButtonValues(packer.pack(withoutBasis))
  );
}

function withoutQuote({ quote: _quote, ...source }: CardSource): CardSource {
  return source;
}
