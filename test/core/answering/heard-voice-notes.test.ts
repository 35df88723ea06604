import { expect, it, vi } from "vitest";
import { withHeardVoiceNotes } from "../../../src/core/answering/heard-voice-notes.ts";
import type { Inbox } from "../../../src/core/ports.ts";
import type { Attachment, Part } from "../../../src/core/types.ts";
import { conversation, customer, part, us } from "../../fixtures/conversations.ts";

const voiceNote = (name: string): Attachment => ({
  kind: "voice note",
  name,
  contentType: "audio/ogg",
  url: null,
});
const spoken = (text: string, ...names: string[]): Part =>
  part(customer, text, { attachments: names.map(voiceNote) });

/** Hears of each recording what it is called; of those called "noise" nothing. */
function listening(parts: Part[]) {
  const hear = vi.fn(async ({ name }: Attachment) => (name === "noise" ? null : name));
  const read = async () => conversation(parts);
  return { hear, inbox: withHeardVoiceNotes({ read } as unknown as Inbox, { hear }) };
}

async function texts(inbox: Inbox): Promise<string[]> {
  return ((await inbox.read("1"))?.parts ?? []).map(({ text }) => text);
}

it("puts what is said behind the mark of its voice note", async () => {
  const { inbox } = listening([spoken("Hi\n[voice note]\n[voice note]", "one two", "three")]);
  expect(await texts(inbox)).toEqual(["Hi\n[voice note] one two\n[voice note] three"]);
  const read = await inbox.read("1");
  expect(read?.parts[0]?.attachments.map(({ isHeard }) => isHeard)).toEqual([true, true]);
});

it("leaves what cannot be understood as a mark, unheard", async () => {
  const { inbox } = listening([spoken("[voice note]\n[voice note]", "noise", "hello")]);
  expect(await texts(inbox)).toEqual(["[voice note]\n[voice note] hello"]);
  const read = await inbox.read("1");
  expect(read?.parts[0]?.attachments.map(({ isHeard }) => isHeard)).toEqual([undefined, true]);
});

it("takes no typed mark for a voice note", async () => {
  const { inbox } = listening([spoken("I sent a [voice note]!\n[voice note]", "hello")]);
  expect(await texts(inbox)).toEqual(["I sent a [voice note]!\n[voice note] hello"]);
});

it("listens once, however often a conversation is read", async () => {
  const { inbox, hear } = listening([spoken("[voice note]", "hello")]);
  expect(await texts(inbox)).toEqual(await texts(inbox));
  expect(hear).toHaveBeenCalledTimes(1);
});

it("listens to what waits for an answer alone, and to the newest four of it", async () => {
  const answered = [spoken("[voice note]", "old"), part(us, "Yes.")];
  const waiting = ["1", "2", "3", "4", "5"].map((name) => spoken("[voice note]", name));
  const { inbox, hear } = listening([...answered, ...waiting]);
  await inbox.read("1");
  expect(hear.mock.calls.map(([{ name }]) => name)).toEqual(["2", "3", "4", "5"]);
});
