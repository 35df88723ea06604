import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toWords } from "../../../src/lib/full-text/words.ts";

describe("words", () => {
  it("separates words of scripts that write no spaces, among others too", () => {
    expect(toWords("在iPhone上重設密碼")).toEqual(["在", "iphone", "上", "重設", "密碼"]);
    expect(toWords("ลืมรหัสผ่าน")).toEqual(["ลืม", "รหัส", "ผ่าน"]);
  });

  it("keeps vowel signs with their letters and takes full-width letters for plain ones", () => {
    expect(toWords("मेरा पासवर्ड ＡＢＣ１")).toEqual(["मेरा", "पासवर्ड", "abc1"]);
  });

  it("leaves nothing that a query language could read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const word of toWords(text)) expect(word).toMatch(/^[\p{L}\p{N}\p{M}\p{Co}]+$/u);
      }),
    );
  });
});
