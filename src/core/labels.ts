/** What may be written back on a conversation. */
export const labelNames = ["topic", "sentiment", "language", "outcome"] as const;
export type LabelName = (typeof labelNames)[number];

/** In which attribute it stands, or with which beginning it is a tag of its own. */
export type LabelPlace = { attribute: string } | { tag: string };
export type Labels = Partial<Record<LabelName, LabelPlace>>;

/** What is written on a conversation; of tags with the same beginning the new one takes the place of the old. */
export type LabelValues = {
  attributes: Record<string, string>;
  tags: { beginning: string; name: string }[];
};
