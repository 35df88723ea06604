import type { Customer } from "./customer.ts";
import { type Fact, unknown } from "./unknown.ts";

/** Something that can be looked up for a customer, read-only, as the operator declared it. */
export type LookupTool = {
  name: string;
  /** What it tells, for the model. */
  about: string;
  /** What the model fills in, from what the customer wrote. */
  asks: LookupInput[];
  /** Which of the customer's attributes it is asked with, by the name of the input. */
  customer: Record<string, string>;
  /** Whether everybody may know what it tells; otherwise only who is known as a customer may. */
  isForEverybody: boolean;
  from: LookupOrigin;
  /** Whether links in what comes back may stand in a reply. */
  mayLink: boolean;
  /** Paths into what comes back, such as `carrier.name`; `null`: all of it. */
  show: string[] | null;
  timeoutMs: number;
  /** How long an answer may be used again. */
  keptMs: number;
};

export type LookupInput = {
  name: string;
  about: string;
  /** A regular expression that all of it must match; `null`: any one line. */
  matches: string | null;
};

/** Where it is asked; headers may name secrets of the environment, `${LOOKUP_…}`. */
export type LookupOrigin = { headers: Record<string, string> } & (
  | { kind: "http"; url: string }
  | { kind: "mcp"; url: string; tool: string }
);

/** What the model wants looked up, as it says; unchecked. */
export type WantedLookup = { name: string; inputs: Record<string, string> };

/** So many in one turn, in one extra round. */
export const mostLookups = 2;
/** Longer than any number or name that is worth looking up. */
const longestInput = 200;

/**
 * What a tool is asked with of the customer: only what the team's own systems say of a known user. A lead's
 * or visitor's address is what somebody typed.
 *
 * @returns `null` where the customer is not known so far that it may be asked
 */
export function identityFor(
  { customer: asked, isForEverybody }: LookupTool,
  customer: Fact<Customer> | null,
): Record<string, string> | null {
  const names = Object.entries(asked);
  if (names.length === 0) return isForEverybody ? {} : null;
  if (customer === unknown || customer?.attributes.role !== "user") return null;
  const { attributes } = customer;
  const given = names.flatMap(([input, attribute]) => {
    const value = attributes[attribute] ?? null;
    return value === null || value === "" ? [] : [[input, String(value)] as const];
  });
  return given.length === names.length ? Object.fromEntries(given) : null;
}

/** What the model filled in, if a tool may be asked with it; otherwise what is wrong with it. */
export function checkedInputs(
  { asks }: LookupTool,
  given: Record<string, string>,
): { inputs: Record<string, string> } | { problem: string } {
  const inputs: Record<string, string> = {};
  for (const { name, matches } of asks) {
    const value = (given[name] ?? "").trim();
    if (value === "") return { problem: `${name} is missing` };
    const isOneLine = value.length <= longestInput && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);
    const fits = isOneLine && (matches === null || new RegExp(`^(?:${matches})$`, "u").test(value));
    if (!fits) return { problem: `${name} does not have the form that was declared` };
    inputs[name] = value;
  }
  return { inputs };
}

const idPrefix = "lookup:";

/** The id of a source that was looked up; it names no memory and no article. */
export function lookupId(name: string, inputs: Record<string, string>): string {
  return `${idPrefix}${name}:${Object.values(inputs).join(":")}`;
}

/** Whether a draft that rests on this is about one customer at one moment, and no lesson for others. */
export function isLookupId(id: string): boolean {
  return id.startsWith(idPrefix);
}
