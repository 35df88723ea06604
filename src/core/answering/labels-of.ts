import type { LabelName, Labels, LabelValues } from "../labels.ts";
import type { Drafting, Outcome } from "../types.ts";

/** What a turn's outcome is called on a conversation; a turn that stays quiet changes nothing. */
const outcomeLabels: Record<Outcome["kind"], string | null> = {
  replied: "replied",
  "in-review": "in review",
  noted: "noted",
  "handed-over": "handed over",
  offered: "offered a colleague",
  "no-answer-needed": "no answer needed",
  quiet: null,
  refused: null,
};

/** Every value that a label can have, as far as it is known before anybody writes. */
export const knownOutcomeLabels = Object.values(outcomeLabels).filter((label) => label !== null);

/**
 * What of a turn is written back on its conversation, or `null` where nothing is.
 *
 * @param drafting `null`: nothing was drafted, or what was is written already
 */
export function labelsOf(
  outcome: Outcome["kind"],
  drafting: Drafting | null,
  places: Labels,
): LabelValues | null {
  const ended = outcomeLabels[outcome];
  if (ended === null) return null;
  const draft = drafting !== null && "draft" in drafting ? drafting.draft : null;
  const said: Record<LabelName, string | null | undefined> = {
    topic: draft?.topic,
    sentiment: draft?.sentiment,
    language: draft?.language,
    outcome: ended,
  };
  const values: LabelValues = { attributes: {}, tags: [] };
  for (const [name, place] of Object.entries(places)) {
    const value = said[name as LabelName] ?? "";
    if (value === "") continue;
    if ("attribute" in place) values.attributes[place.attribute] = value;
    else values.tags.push({ beginning: place.tag, name: `${place.tag}${value}` });
  }
  const isEmpty = values.tags.length === 0 && Object.keys(values.attributes).length === 0;
  return isEmpty ? null : values;
}
