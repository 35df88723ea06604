import type { types } from "@slack/bolt";
import type { ShownFact } from "../../core/customer.ts";
import { label, plain } from "./card-blocks.ts";
import { cutText } from "./cut-text.ts";
import type { PackedDraft } from "./pack-draft.ts";
import { labels } from "./wording.ts";

const knownLimit = 600;
const knownValueLimit = 120;

/** What is known of the customer: their company's and their own words, so plain text. */
export function knownBlocks({ known = [] }: Pick<PackedDraft, "known">): types.KnownBlock[] {
  const facts = known.map(shortFact).map(({ name, value }) => `${name}: ${value}`);
  if (facts.length === 0) return [];
  return [label(labels.known), ...plain(cutText(facts.join("\n"), knownLimit))];
}

export function shortFact({ name, value }: ShownFact): ShownFact {
  return { name, value: cutText(value.replace(/\s+/g, " "), knownValueLimit) };
}
