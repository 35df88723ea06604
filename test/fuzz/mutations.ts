import fc from "fast-check";

/** What turns up where something else was expected. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    0,
    -1,
    1e308,
    [],
    {},
    [[[[]]]],
    "__proto__",
    "constructor",
    "\u0000",
    "\ud800",
    "../../etc/passwd",
    "{{#each x}}",
    "<!channel>",
    "a".repeat(5_000),
  ),
  fc.jsonValue(),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** One change to a JSON value: where (counted over all its places) and to what. */
const edit = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("replace", "remove", "wrap", "nest", "pollute"),
  value: strange,
});
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * One of the given values with up to four changes anywhere in it.
 *
 * @param kept names at the top whose values are neither replaced nor removed, only changed inside
 */
export function mutatedJson(bases: object[], kept: string[] = []): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(edit, { maxLength: 4 }))
    .map(([base, edits]) =>
      edits.reduce<unknown>((json, one) => changed(json, one, kept), structuredClone(base)),
    );
}

/** One of the given texts with up to six changes: pieces removed, doubled, moved, put in. */
export function mutatedText(pieces: string[], ...bases: string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 60 }),
    kind: fc.constantFrom("remove", "double", "insert"),
    text: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 12 })),
  });
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(change, { maxLength: 6 }))
    .map(([base, changes]) =>
      changes.reduce((text, { at, length, kind, text: inserted }) => {
        const start = Math.floor(at * text.length);
        const [before, piece] = [text.slice(0, start), text.slice(start, start + length)];
        const rest = text.slice(start + (kind === "remove" ? length : 0));
        if (kind === "double") return before + piece + rest;
        return before + (kind === "insert" ? inserted : "") + rest;
      }, base),
    );
}

/** The same bytes, some of them changed, missing or too many; often none. */
export function mutatedBytes(bytes: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  return fc
    .record({
      changes: fc.array(change, { maxLength: 3 }),
      length: fc.option(fc.nat({ max: bytes.length }), { freq: 8 }),
      tail: fc.oneof({ weight: 6, arbitrary: fc.constant(new Uint8Array()) }, fc.uint8Array()),
    })
    .map(({ changes, length, tail }) => {
      const mutated = Buffer.from(bytes);
      for (const { at, byte } of changes) {
        if (mutated.length > 0) mutated[at % mutated.length] = byte;
      }
      return Buffer.concat([mutated.subarray(0, length ?? mutated.length), tail]);
    });
}

const plainProperty = { enumerable: true, configurable: true, writable: true };
type Holder = Record<string | number, unknown>;

function changed(root: unknown, { place, kind, value: given }: Edit, kept: string[]): unknown {
  // Later changes may be made inside it, and the next input must begin with what was given.
  const value = structuredClone(given);
  const places = placesIn(root).filter(({ holder, key }) => holder !== root || !kept.includes(key));
  const found = places[place % Math.max(1, places.length)];
  if (found === undefined) return value;
  const { holder, key } = found;
  if (kind === "replace") holder[key] = value;
  else if (kind === "wrap") holder[key] = [holder[key]];
  else if (kind === "nest") holder[key] = nested(holder[key]);
  else if (kind === "remove") delete holder[key];
  else Object.defineProperty(holder, "__proto__", { value, ...plainProperty });
  return root;
}

/** Deeper than anything that is meant, and no deeper than JSON.stringify can go. */
function nested(value: unknown): unknown {
  let deep = value;
  for (let depth = 0; depth < 500; depth++) deep = { deep };
  return deep;
}

function placesIn(root: unknown): { holder: Holder; key: string }[] {
  if (typeof root !== "object" || root === null) return [];
  const holder = root as Holder;
  return Object.keys(holder).flatMap((key) => [
    { holder, key },
    // What was nested on purpose has been counted at its top.
    ...(key === "deep" ? [] : placesIn(holder[key])),
  ]);
}
