/** What is known of who asks; what is unset or `null` is not known, and keeps nothing from them. */
export type Asker = {
  /** ISO 639-1: what they write in. */
  language?: string | null;
  /** Which of the company's brands or products they write to, as its sources name it. */
  brand?: string | null;
  /** What they pay for, as the sources name it. */
  plan?: string | null;
  /** One of the policy's topics. */
  topic?: string | null;
};

/**
 * Whose questions a source answers, by names as the operator writes them; what is unset or empty
 * excludes nobody.
 */
export type ForWhom = {
  brands?: string[] | undefined;
  plans?: string[] | undefined;
  topics?: string[] | undefined;
};

/** What of who asks can keep a source from them. */
export type WhomTrait = "brand" | "plan" | "topic";

const listOf = { brand: "brands", plan: "plans", topic: "topics" } as const;
const traits = ["brand", "plan", "topic"] as const;

/** In which respect a source is for others than who asks; `null`: as far as is known, in none. */
export function whyNotFor(forWhom: ForWhom | undefined, asker: Asker): WhomTrait | null {
  return (
    traits.find((trait) => {
      const has = asker[trait] ?? null;
      return has !== null && !includes(namesIn(forWhom, trait), has);
    }) ?? null
  );
}

/**
 * Whether a draft for who asks may rest on a source without a person's eye: it is for everybody, or
 * their brand and plan are known to be among those that it is for. What a question is about is the
 * draft's own matter.
 */
export function isSurelyFor(forWhom: ForWhom | undefined, asker: Asker): boolean {
  return (["brand", "plan"] as const).every((trait) => {
    const names = namesIn(forWhom, trait);
    return names.length === 0 || includes(names, asker[trait] ?? "");
  });
}

/** Whether nobody is asked from both: they are for different brands, plans or topics. */
export function areForOthers(one: ForWhom | undefined, other: ForWhom | undefined): boolean {
  return traits.some((trait) => {
    const [ours, theirs] = [namesIn(one, trait), namesIn(other, trait)];
    return ours.length > 0 && theirs.length > 0 && !ours.some((name) => includes(theirs, name));
  });
}

/** Whether a source is for some plans only. */
export function isForPlan({ forWhom }: { forWhom?: ForWhom }): boolean {
  return namesIn(forWhom, "plan").length > 0;
}

/** Whether anything is known of who asks that may keep a source from them. */
export function isTold(asker: Asker): boolean {
  return traits.some((trait) => (asker[trait] ?? null) !== null);
}

/** Of all that a source may be for, what says that it is not for everybody, as `brand Acme`. */
export function namedFor(forWhom: ForWhom): string[] {
  return traits.flatMap((trait) => namesIn(forWhom, trait).map((name) => `${trait} ${name}`));
}

/** The same without what excludes nobody; `null` where that is all. */
export function forWhomOf(forWhom: ForWhom): ForWhom | null {
  const kept = traits.flatMap((trait) => {
    const names = namesIn(forWhom, trait);
    return names.length === 0 ? [] : [[listOf[trait], names] as const];
  });
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

/**
 * For whom is what was written from all of these: in each respect for those that all of them are
 * for, or, where they have none in common, for those that any of them names; `undefined`: for
 * everybody.
 */
export function forWhomOfAll(
  sources: readonly { forWhom?: ForWhom | undefined }[],
): ForWhom | undefined {
  const together = traits.map((trait) => {
    const lists = sources.map(({ forWhom }) => namesIn(forWhom, trait));
    const named = lists.flat().map((name) => [plainName(name), name] as const);
    const names = [...new Map(named).values()];
    const ofAll = names.filter((name) => lists.every((list) => includes(list, name)));
    return [listOf[trait], ofAll.length === 0 ? names : ofAll];
  });
  return forWhomOf(Object.fromEntries(together)) ?? undefined;
}

/** Names are compared without regard to case, width and blanks around them. */
export function plainName(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}

function namesIn(forWhom: ForWhom | undefined, trait: WhomTrait): string[] {
  return forWhom?.[listOf[trait]] ?? [];
}

function includes(names: string[], wanted: string): boolean {
  return names.length === 0 || names.some((name) => plainName(name) === plainName(wanted));
}
