import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { png } from "../fixtures/images.ts";
import { pdfOf } from "../fixtures/pdf.ts";
import { answerObject } from "../stand-ins/openai.ts";
import { startAttachmentsWorld } from "./attachments-world.ts";

let world: Awaited<ReturnType<typeof startAttachmentsWorld>>;

beforeAll(async () => {
  world = await startAttachmentsWorld();
  world.files.set("shot.png", png);
  world.files.set("error.log", Buffer.from("Error 403: token expired"));
  world.files.set("invoice.pdf", pdfOf([["Invoice 4711", "Total 49 EUR"]]));
  world.files.set("voice.ogg", Buffer.from("OggS…"));
  world.files.set("scan.pdf", pdfOf([["Page 1"]], { picture: true }));
});
afterAll(() => world.stop());
beforeEach(() => {
  world.openai.setEyes("sees");
  world.openai.setSpeech(null);
  world.openai.answers(() =>
    answerObject({ reply: "It is the token: sign in again.", confidence: 0.95 }),
  );
});

const pasted = (query: string): string =>
  `<p>What is this?</p><img src="${world.origin}/shot.png?${query}">`;

it("an image that the model has looked at is answered", async () => {
  const { decision, images } = await world.send(pasted("expires=4000000000&amp;signature=a"));
  expect(decision).toEqual({ action: "reply", reason: "confident" });
  expect(images).toEqual([1]);
});

it("files are answered from their words", async () => {
  const { decision, prompt } = await world.send("<p>What does it say?</p>", [
    ["error.log", "text/plain"],
    ["invoice.pdf", "application/pdf"],
  ]);
  expect(decision).toEqual({ action: "reply", reason: "confident" });
  expect(prompt).toContain("Error 403: token expired");
  expect(prompt).toContain("Invoice 4711\nTotal 49 EUR");
});

it.each([
  [
    "an expired image",
    '<p>Hm?</p><img src="ORIGIN/shot.png?expires=1000000000">',
    [],
    "unseen-image",
  ],
  ["an image from elsewhere", '<p><img src="http://127.0.0.1:9/x.png"></p>', [], "unseen-image"],
  ["a PDF with a picture", "<p>Hm?</p>", [["scan.pdf", "application/pdf"]], "unread-attachment"],
  ["a voice note", "<p>Hm?</p>", [["voice.ogg", "audio/ogg"]], "unread-attachment"],
] as const)(
  "%s is left to people, however sure the model is",
  async (_what, html, sent, reason) => {
    const { decision, images, notes } = await world.send(html.replace("ORIGIN", world.origin), [
      ...sent,
    ]);
    expect(decision).toMatchObject({ action: "review", reason });
    expect(images).toEqual([0]);
    expect(notes).toHaveLength(1);
  },
);

it("a server that begins to refuse images gets the words, and a person the image", async () => {
  world.openai.setEyes("refuses");
  const { decision, images, notes } = await world.send(pasted("expires=4000000000"));
  expect(decision).toMatchObject({ action: "review", reason: "unseen-image" });
  expect(images).toEqual([1, 0]);
  expect(notes.join()).toContain("There is an image it could not look at");
});

it("a voice note that can be understood is answered like what was typed", async () => {
  world.openai.setSpeech("How do I\nreset my password?");
  world.openai.answers(() => answerObject({ reply: "Choose Reset.", confidence: 0.95 }));
  const { decision, prompt } = await world.send("", [["voice.ogg", "audio/ogg"]]);
  expect(decision).toEqual({ action: "reply", reason: "confident" });
  expect(prompt).toContain("[voice note] How do I reset my password?");
  const [recording, ...more] = world.openai.recordings.slice(-1);
  expect(more).toEqual([]);
  expect(recording?.fileName).toBe("voice-note.ogg");
  expect(recording?.fields).toContain("gpt-4o-mini-transcribe");
  expect(recording?.fields).toContain("OggS…");
});

it("of two voice notes of which one says nothing, a person hears both", async () => {
  world.openai.setSpeech("How do I reset my password?");
  const { decision, prompt } = await world.send("<p>Hm?</p>", [
    ["voice.ogg", "audio/ogg"],
    ["gone.ogg", "audio/ogg"],
  ]);
  expect(decision).toMatchObject({ action: "review", reason: "unread-attachment" });
  expect(prompt).toContain("[voice note] How do I reset my password?");
});
