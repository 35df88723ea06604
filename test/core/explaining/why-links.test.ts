import { expect, it } from "vitest";
import { withWhyLinks } from "../../../src/core/explaining/why-links.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import type { Inbox } from "../../../src/core/ports.ts";
import { conversation, customer, part } from "../../fixtures/conversations.ts";

const notes: string[] = [];
const plain = {
  read: async () => conversation([part(customer, "Hello?")]),
  note: async (_id: string, markdown: string) => {
    notes.push(markdown);
    return { result: "done", partId: "1" } as const;
  },
} as unknown as Inbox;
const linked = withWhyLinks(plain, "https://responder.example");

it("tells each conversation where it is explained", async () => {
  const read = await linked.read("42");
  expect(read?.whyUrl).toBe(`https://responder.example/why/${read?.id}`);
});

it("links each note to it, and leaves the mark in the last line", async () => {
  const mark = markLine({ basePartId: "7", outcome: "noted", cardId: null });
  await linked.note("42", `A note about ref: part=1 outcome=noted.\n\n${mark}`);
  expect(notes.at(-1)).toMatch(
    /^A note about ref: part=1 outcome=noted\.\n\n\[Why\?\]\(https:\/\/responder\.example\/why\/42\).*\n\nref: part=7 outcome=noted$/,
  );
  await linked.note("42", "One without a mark.");
  expect(notes.at(-1)).toMatch(/^One without a mark\.\n\n\[Why\?\]/);
});
