import { describe, expect, it } from "vitest";
import { contentOf, mayHoldWords } from "../../src/lib/file-content.ts";
import { jpeg, png } from "../fixtures/images.ts";
import { pdfOf } from "../fixtures/pdf.ts";

describe("what is in a file", () => {
  it.each([
    ["image/png", png],
    ["image/jpeg", jpeg],
    ["image/gif", Buffer.from("GIF89a…")],
    ["image/webp", Buffer.from("RIFF1234WEBPVP8 ")],
  ])("is an image where its bytes say %s", async (contentType, bytes) => {
    expect(await contentOf(bytes)).toEqual({
      kind: "image",
      contentType,
      base64: bytes.toString("base64"),
    });
  });

  it.each([
    ["text", Buffer.from(" Größe: 5\r\nEnde \n"), "Größe: 5\nEnde"],
    ["text as Windows writes it", Buffer.from("\ufeffHallo", "utf16le"), "Hallo"],
    ["a PDF", pdfOf([["Invoice 4711"], ["Total 49"]]), "Invoice 4711\n\nTotal 49"],
  ])("are the words of %s, whole", async (_what, bytes, text) => {
    expect(await contentOf(bytes)).toEqual({ kind: "text", text, isWhole: true });
  });

  it.each([
    ["a picture", pdfOf([["Look"]], { picture: true }), "Look"],
    ["a page without words", pdfOf([["Look"], []]), "Look"],
  ])("is not whole where a PDF has %s", async (_what, bytes, text) => {
    expect(await contentOf(bytes)).toEqual({ kind: "text", text, isWhole: false });
  });

  it("is cut where it is long, and says so", async () => {
    const content = await contentOf(Buffer.from("word ".repeat(100_000)));
    if (content?.kind !== "text") throw new Error("no text");
    expect(content.isWhole).toBe(false);
    expect(content.text.length).toBeLessThanOrEqual(60_000);
  });

  it.each([
    ["a program", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1])],
    ["text in an old encoding", Buffer.from([0x47, 0x72, 0xf6, 0xdf, 0x65])],
    ["an archive", Buffer.from("PK\x03\x04\x00")],
    ["a PDF that is none", Buffer.from("%PDF-1.7 and nothing else")],
    ["a PDF of pictures alone", pdfOf([[]], { picture: true })],
    ["nothing", Buffer.alloc(0)],
  ])("is nothing for %s", async (_what, bytes) => {
    expect(await contentOf(bytes)).toBeNull();
  });
});

describe("what is said of a file", () => {
  it.each([
    ["error.log", null, true],
    ["NOTES.TXT", "application/octet-stream", true],
    [null, "text/plain; charset=utf-8", true],
    ["invoice", "application/pdf", true],
    ["data.json", "application/json", true],
    ["page.html", "text/html", false],
    ["photos.zip", "application/zip", false],
    ["voice.ogg", "audio/ogg", false],
    [null, null, false],
  ])("tells whether %s (%s) may hold words", (name, contentType, isReadable) => {
    expect(mayHoldWords(name, contentType)).toBe(isReadable);
  });
});
