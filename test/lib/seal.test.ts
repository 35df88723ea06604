import { describe, expect, it } from "vitest";
import { createSeal } from "../../src/lib/seal.ts";

describe("createSeal", () => {
  const seal = createSeal(["secret"], "redis");

  it("opens what it closed, and shows nothing of it", () => {
    const sealed = seal.close("Grüße 🙂");
    expect(sealed).not.toContain("Gr");
    expect(seal.open(sealed)).toBe("Grüße 🙂");
    expect(seal.close("Grüße 🙂")).not.toBe(sealed);
    expect(seal.open(seal.close(""))).toBe("");
  });

  it("opens nothing that was changed, cut, or closed with another secret or for another purpose", () => {
    const sealed = seal.close("text");
    const bytes = Buffer.from(sealed, "base64");
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(seal.open(changed.toString("base64"))).toBeNull();
      expect(seal.open(bytes.subarray(0, index).toString("base64"))).toBeNull();
    }
    expect(createSeal(["another"], "redis").open(sealed)).toBeNull();
    expect(createSeal(["secret"], "mail").open(sealed)).toBeNull();
    expect(seal.open("")).toBeNull();
  });

  it("opens what was closed before the secret was changed, for as long as both are known", () => {
    const both = createSeal(["new", "secret"], "redis");
    expect(both.open(seal.close("text"))).toBe("text");
    expect(seal.open(both.close("text"))).toBeNull();
    expect(createSeal(["new"], "redis").open(both.close("text"))).toBe("text");
  });
});
