import { describe, expect, it } from "vitest";

import { editDistance } from "../../../src/lib/full-text/edit-distance.ts";

describe("edit distance", () => {
  it.each([
    ["account", "acount", 1],
    ["cancel", "cancle", 1],
    ["invoice", "invocie", 1],
    ["password", "pasword", 1],
    ["refund", "rebate", 3],
    ["same", "same", 0],
  ])("counts the typing errors from %j to %j", (one, other, errors) => {
    expect(editDistance(one, other, 2)).toBe(errors);
    expect(editDistance(other, one, 2)).toBe(errors);
  });
});
