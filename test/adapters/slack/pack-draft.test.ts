import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createPacker,
  fromButtonValues,
  type PackedDraft,
  toButtonValues,
} from "../../../src/adapters/slack/pack-draft.ts";
import { packedDraft } from "./packed-draft.ts";

const packer = createPacker("a signing secret");

const anyDraft: fc.Arbitrary<PackedDraft> = fc
  .record({
    draft: fc.option(fc.string({ unit: "grapheme", maxLength: 3000 })),
    reasoning: fc.string({ unit: "binary", maxLength: 300 }),
    customerName: fc.option(fc.string({ unit: "grapheme" })),
    generation: fc.integer({ min: 1, max: 22 }),
    heldSince: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    sources: fc.array(
      fc.record({ id: fc.string(), title: fc.string(), url: fc.option(fc.webUrl()) }),
      { maxLength: 5 },
    ),
  })
  .map((more) => packedDraft(more));

describe("a packed draft", () => {
  it("is the same after it has travelled through the buttons", () => {
    fc.assert(
      fc.property(anyDraft, (draft) => {
        const values = toButtonValues(packer.pack(draft));
        if (values === null) return;
        for (const value of values) expect(value.length).toBeLessThanOrEqual(2000);
        const packed = fromButtonValues(values.toReversed());
        // JSON knows no -0.
        expect(packer.unpack(packed ?? "")).toEqual(JSON.parse(JSON.stringify(draft)));
      }),
      { numRuns: 200 },
    );
  });

  it("is refused when a single character of it was changed", () => {
    const packed = packer.pack(packedDraft());
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.constantFrom(...letters), (position, letter) => {
        fc.pre(packed[position] !== letter);
        const changed = packed.slice(0, position) + letter + packed.slice(position + 1);
        expect(packer.unpack(changed)).toBeNull();
      }),
    );
  });

  it("is refused when it was cut, made up or signed with another secret", () => {
    const packed = packer.pack(packedDraft());
    expect(packer.unpack(packed.slice(0, -4))).toBeNull();
    expect(packer.unpack("")).toBeNull();
    expect(packer.unpack("not a draft at all")).toBeNull();
    expect(createPacker("another secret").unpack(packed)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => packer.unpack(text) === null));
  });

  it("stands whole in every button when it is short", () => {
    const packed = packer.pack(packedDraft());
    const values = toButtonValues(packed) ?? [];
    for (const value of values) expect(fromButtonValues([value])).toBe(packed);
  });

  it("needs all buttons when it is long, and is not pieced together from too few", () => {
    const packed = "x".repeat(4500);
    const values = toButtonValues(packed) ?? [];
    expect(new Set(values).size).toBe(3);
    expect(fromButtonValues(values)).toBe(packed);
    expect(fromButtonValues(values.slice(1))).toBeNull();
  });

  it("is not cut when it is too large, but has no place on a card", () => {
    expect(toButtonValues("x".repeat(3 * 1996))).not.toBeNull();
    expect(toButtonValues("x".repeat(3 * 1996 + 1))).toBeNull();
  });

  it("carries ten thousand characters of ordinary prose", () => {
    expect(toButtonValues(packer.pack(packedDraft({ draft: prose(10_000) })))).not.toBeNull();
  });
});

/** Sentences that hardly repeat, so that they compress like prose and not like a drum. */
function prose(length: number): string {
  const words =
    "please open the account page and choose which invoice your team needs then we send another copy after settings have changed because customers sometimes expect their refund before billing closes on Friday".split(
      " ",
    );
  let text = "";
  for (let index = 0; text.length < length; index++) {
    text += `${words[(index * 7 + Math.floor(index / 13) * 3) % words.length]}${index % 11 === 10 ? ".\n" : " "}`;
  }
  return text.slice(0, length);
}
