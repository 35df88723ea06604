import { expect, it } from "vitest";
import { forWhomOfAll } from "../../src/core/for-whom.ts";

it.each([
  ["everybody, of sources for everybody", [{}, {}], undefined],
  ["those of the only source that names any", [{}, { brands: ["Acme"] }], { brands: ["Acme"] }],
  [
    "those that all are for",
    [{ brands: ["Acme", "Beta"] }, { brands: ["acme"] }],
    { brands: ["acme"] },
  ],
  [
    "all of them, where they agree on none",
    [{ plans: ["Pro"] }, { plans: ["Team"] }],
    { plans: ["Pro", "Team"] },
  ],
  [
    "each respect by itself",
    [{ brands: ["Acme"] }, { topics: ["billing"] }],
    { brands: ["Acme"], topics: ["billing"] },
  ],
])("what was written from several sources is for %s", (_whom, sources, expected) => {
  expect(forWhomOfAll(sources.map((forWhom) => ({ forWhom })))).toEqual(expected);
});
