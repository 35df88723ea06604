import { describe, expect, it } from "vitest";
import { mailText } from "../../src/lib/mail-text.ts";
import { type Mail, mailsOfPrograms, mailsWithTraps } from "../fixtures/mails.ts";
import { cpuMsOf } from "./cpu-time.ts";

const words = (text: string) => text.split(/\s+/).filter(Boolean);
const lost = ({ body, subject, own }: Mail) => {
  const kept = new Set(words(mailText(body, subject)));
  return words(own).filter((word) => !kept.has(word));
};

describe("mailText", () => {
  it.each(mailsOfPrograms)("gives what was written: $name", ({ body, subject, own }) => {
    expect(mailText(body, subject)).toBe(own);
  });

  it.each(mailsWithTraps)("gives what was written: $name", ({ body, subject, own }) => {
    expect(mailText(body, subject)).toBe(own);
  });

  it("never gives up a word that its writer wrote", () => {
    expect([...mailsOfPrograms, ...mailsWithTraps].flatMap(lost)).toEqual([]);
  });

  it.each([
    ["line breaks", "\n"],
    ["dashes", "-"],
    ["blanks", " "],
    ["quotes", "> "],
    ["introductions", "On 5 Jan 2024 at 10:02 x@y wrote:\n"],
    ["the beginnings of introductions", "On 5 Jan 2024 10:02 "],
    ["headers", "From: x\n"],
    ["opened quotations", "<blockquote type=cite>"],
    ["signature marks", "-- \n"],
    ["underscores", "_"],
  ])("takes no longer for 200 KB of %s", (_what, piece) => {
    const body = `<p>Hello</p>${piece.repeat(200_000 / piece.length)}`;
    const ms = cpuMsOf(() => {
      mailText(body, "Re: x");
      mailText(body.slice(12), "Re: x");
      mailText(body.slice(0, 99_000), "Re: x");
    });
    expect(ms).toBeLessThan(600);
  });
});
