import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, splitText } from "../../../src/adapters/slack/cut-text.ts";
import {
  escapedLength,
  escapeMrkdwn,
  mrkdwnLink,
} from "../../../src/adapters/slack/escape-mrkdwn.ts";

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom("&", "<", ">", "\n", " "),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 400,
});

describe("escaping for mrkdwn", () => {
  it("leaves nothing that could mention or link, and loses nothing", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeMrkdwn(text);
        expect(escaped.replaceAll(/&(?:amp|lt|gt);/g, "")).not.toMatch(/[&<>]/);
        const back = escaped
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&amp;", "&");
        expect(back).toBe(text);
      }),
    );
  });

  it("disarms what would ping a channel or pretend to lead elsewhere", () => {
    expect(escapeMrkdwn("<!channel> <https://evil.example|bank>")).toBe(
      "&lt;!channel&gt; &lt;https://evil.example|bank&gt;",
    );
  });

  it("links only to pages, and no address can end the link", () => {
    expect(mrkdwnLink("javascript:alert(1)", "open")).toBe("open");
    expect(mrkdwnLink("no address", "open")).toBe("open");
    expect(mrkdwnLink("https://a.example/?x=1&y=a|b>c", "open")).toBe(
      "<https://a.example/?x=1&amp;y=a%7Cb%3Ec|open>",
    );
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        expect(mrkdwnLink(url, "open")).toMatch(/^<[^<>|]+\|open>$/);
      }),
    );
  });
});

describe("cutting", () => {
  it("stays within the limit and never splits a character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const cut = cutText(text, limit);
        expect(escapedLength(cut)).toBeLessThanOrEqual(limit);
        expect(cut.isWellFormed()).toBe(true);
        if (cut === text) return;
        const kept = cut.slice(0, -1);
        expect(text.startsWith(kept)).toBe(true);
        // Cut where one visible character ends.
        const ends = [...new Intl.Segmenter().segment(text)].map(({ index }) => index);
        expect(kept === text.trimEnd() || isEnd(text, kept, ends)).toBe(true);
      }),
    );
  });

  it("splits into pieces that are the whole text again", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 60, max: 200 }), (text, limit) => {
        const pieces = splitText(text, limit);
        if (pieces === null) return;
        expect(pieces.join("")).toBe(text);
        for (const piece of pieces) expect(escapedLength(piece)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("breaks at the end of a line or between words", () => {
    expect(splitText("one two\nthree four", 10)).toEqual(["one two\n", "three four"]);
    expect(splitText("one two three", 10)).toEqual(["one two ", "three"]);
  });

  it("shows nothing of a character that is too long rather than a part of it", () => {
    const family = "👨‍👩‍👧‍👦";
    expect(cutText(family.repeat(3), family.length + 2)).toBe(`${family}…`);
    expect(splitText(`a${"\u0301".repeat(500)}`, 100)).toBeNull();
  });
});

function isEnd(text: string, kept: string, ends: number[]): boolean {
  // White space at the cut is dropped.
  const rest = text.slice(kept.length);
  const dropped = rest.length - rest.trimStart().length;
  return [...Array(dropped + 1).keys()].some((more) => ends.includes(kept.length + more));
}
