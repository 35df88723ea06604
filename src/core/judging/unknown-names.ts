import { shownLists } from "../customer.ts";
import { type HandOffTarget, targetText } from "../hand-off.ts";
import type { LabelName } from "../labels.ts";
import type { Condition, Schedule } from "../policy.ts";
import { type Policy, sentiments } from "../types.ts";
import { conditionsIn, conditionsTelling } from "./customer-needs.ts";
import { scheduleNamed } from "./office-hours.ts";

/** The names that exist in the workspace. */
export type CustomerNames = { contact: string[]; company: string[]; segments: string[] };
/** Who can take over. */
export type Takers = Record<HandOffTarget["type"], { id: string; name: string | null }[]>;

export type UnknownName = {
  what:
    | "attribute of contacts"
    | "attribute of companies"
    | "attribute of conversations"
    | "tag"
    | "segment"
    | "team"
    | "teammate"
    | "schedule";
  /** Empty where the only schedule is meant and there are others or none. */
  name: string;
  /** Those that exist and may be meant, the nearest first. */
  near: string[];
};

/**
 * What the policy names and the workspace does not have: nobody is ever told of a rule that never
 * fits.
 */
export function unknownNames(
  { rules, contactAttributes, whoAsks }: Policy,
  known: CustomerNames,
): UnknownName[] {
  const whoAsksFrom = Object.values(whoAsks).filter((from) => from !== null);
  const conditions = [...conditionsIn(rules), ...whoAsksFrom.flatMap(conditionsTelling)];
  const named = (pick: (condition: Condition) => string[]) => conditions.flatMap(pick);
  return [
    ...among(
      "attribute of contacts",
      [
        ...contactAttributes.filter((name) => !shownLists.some((list) => list === name)),
        ...named(({ contactAttribute = {} }) => Object.keys(contactAttribute)),
        ...whoAsksFrom.flatMap((from) => ("contactAttribute" in from ? from.contactAttribute : [])),
      ],
      known.contact,
    ),
    ...among(
      "attribute of companies",
      [
        ...named(({ companyAttribute = {} }) => Object.keys(companyAttribute)),
        ...whoAsksFrom
          .flatMap((from) => ("companyAttribute" in from ? from.companyAttribute : []))
          .filter((name) => name !== "plan"),
      ],
      known.company,
    ),
    ...among(
      "segment",
      named(({ segment = [] }) => segment).filter(
        (name) => !known.segments.some((one) => plain(one) === plain(name)),
      ),
      known.segments,
    ),
  ];
}

/** Everybody to whom the policy may hand over. */
export function targetsIn({ rules, handOffTo }: Policy): HandOffTarget[] {
  const all = [handOffTo, ...rules.escalate.map(({ to }) => to)].filter((to) => to !== null);
  const seen = new Map(all.map((to) => [targetText(to), to]));
  return [...seen.values()];
}

/** To whom the policy would hand over, and who does not exist; nearly all of them are shown. */
export function unknownTargets(policy: Policy, takers: Takers): UnknownName[] {
  return targetsIn(policy).flatMap(({ type, id }): UnknownName[] => {
    if (takers[type].some((one) => one.id === id)) return [];
    const near = takers[type].slice(0, 10).map((one) => `${one.id} (${one.name ?? "no name"})`);
    return [{ what: type === "team" ? "team" : "teammate", name: id, near }];
  });
}

/** Which of the schedules that the policy uses Intercom does not have. */
export function unknownSchedules(used: (string | null)[], schedules: Schedule[]): UnknownName[] {
  const near = schedules.map(({ id, name }) => name ?? id);
  return used
    .filter((named) => scheduleNamed(named, schedules) === undefined)
    .map((named) => ({ what: "schedule", name: named ?? "", near }));
}

/** What can be written on conversations. */
export type LabelPlaces = { attributes: string[]; tags: string[] };

/**
 * In which attributes and tags the policy wants labels written that the workspace does not have.
 *
 * @param outcomes every value that the outcome can have
 */
export function unknownLabels(
  { labels, topics }: Pick<Policy, "labels" | "topics">,
  known: LabelPlaces,
  outcomes: string[],
): UnknownName[] {
  const values: Record<LabelName, readonly string[]> = {
    topic: topics.map(({ name }) => name),
    sentiment: sentiments,
    // Nobody knows in which languages customers will write.
    language: [],
    outcome: outcomes,
  };
  const places = Object.entries(labels ?? {});
  const attributes = places.flatMap(([, place]) => ("attribute" in place ? place.attribute : []));
  const tags = places.flatMap(([name, place]) =>
    "tag" in place ? values[name as LabelName].map((value) => `${place.tag}${value}`) : [],
  );
  return [
    ...among("attribute of conversations", attributes, known.attributes),
    ...among("tag", tags, known.tags),
  ];
}

/** For whoever set the name. */
export function explainUnknownName({ what, name, near }: UnknownName): string {
  const hint =
    near.length === 0 ? "" : ` Is one of these meant: ${near.map((one) => `“${one}”`).join(", ")}?`;
  if (what === "schedule") {
    const missing =
      name === ""
        ? `Of ${near.length} schedules of office hours in this workspace none is named under office_hours (schedule: …)`
        : `There is no schedule of office hours called “${name}” in this workspace`;
    return `${missing}: nobody can say when people are at work, so rules about it lean to people (POLICY_FILE).${hint}`;
  }
  if (what === "team" || what === "teammate") {
    return `There is no ${what} with the id ${name} in this workspace: nothing can be handed over to it, so people review instead (POLICY_FILE).${hint}`;
  }
  if (what === "tag" || what === "attribute of conversations") {
    return `There is no ${what} called “${name}” in this workspace: nothing is written there until somebody makes it in Intercom (label in POLICY_FILE).${hint}`;
  }
  return `There is no ${what} called “${name}” in this workspace: nothing will ever be found under it (CONTACT_ATTRIBUTES, POLICY_FILE).${hint}`;
}

function among(what: UnknownName["what"], names: string[], known: string[]): UnknownName[] {
  return [...new Set(names)]
    .filter((name) => !known.includes(name))
    .map((name) => ({ what, name, near: nearest(name, known) }));
}

function nearest(name: string, known: string[]): string[] {
  const wanted = plain(name);
  const distances = known.map((one) => ({ one, distance: distanceOf(wanted, plain(one)) }));
  return distances
    .filter(({ distance }) => distance <= Math.max(1, wanted.length / 3))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ one }) => one);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** How many letters must be put in, taken out or changed; 0 where one stands in the other. */
function distanceOf(one: string, other: string): number {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length >= 3 && long.includes(short)) return 0;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, against] of [...other].entries()) {
      const changed = (row[at] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
