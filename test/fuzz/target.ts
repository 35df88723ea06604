import type { IAsyncProperty, IProperty } from "fast-check";

/** Something that takes input from outside, and what must hold whatever comes. */
export type Target = {
  name: string;
  /** Of so many runs of the whole, every how many-th is this one's: what is slow gets fewer. */
  everyOf: number;
  property: IAsyncProperty<unknown> | IProperty<unknown>;
  /** What was seen, for whoever reads the end: statuses, kinds of results. */
  seen: Map<string, number>;
  stop(): Promise<void>;
};

export function countIn(seen: Map<string, number>, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

/** Fails loudly; fast-check then looks for the smallest input that does. */
export function must(holds: boolean, words: string): void {
  if (!holds) throw new Error(words);
}
