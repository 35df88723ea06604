import { describe, expect, it } from "vitest";
import { pdfText } from "../../src/lib/pdf-text.ts";
import { pdfOf } from "../fixtures/pdf.ts";

/** The machine may be busy; what is tested here is not how fast it is. */
const patienceMs = 60_000;

describe("a PDF", () => {
  it("is read page by page", async () => {
    const bytes = pdfOf([["Invoice 4711", "Total: 49 EUR"], [], ["Page three"]]);
    expect(await pdfText(bytes, patienceMs)).toEqual({
      pages: ["Invoice 4711\nTotal: 49 EUR", "", "Page three"],
      hasPictures: false,
    });
  });

  it("with a picture in it says so", async () => {
    const read = await pdfText(pdfOf([["Look at this"]], { picture: true }), patienceMs);
    expect(read).toEqual({ pages: ["Look at this"], hasPictures: true });
  });

  it.each([
    ["no PDF", Buffer.from("Hello, I am a text.")],
    ["cut off", pdfOf([["One"]]).subarray(0, 40)],
    ["empty", Buffer.alloc(0)],
    ["a flood", pdfOf([["Invoice"]], { flood: 70_000_000 })],
  ])("that is %s cannot be read", async (_what, bytes) => {
    expect(await pdfText(bytes, patienceMs)).toBeNull();
  });

  it("that takes too long is given up, and leaves its bytes to whoever has them", async () => {
    const bytes = pdfOf([["Invoice"]], { flood: 50_000_000 });
    expect(await pdfText(bytes, 1)).toBeNull();
    expect(bytes.subarray(0, 4).toString()).toBe("%PDF");
  });

  it("is given up with whoever asked for it", async () => {
    const gone = new AbortController();
    const reading = pdfText(pdfOf([["Invoice"]]), patienceMs, gone.signal);
    gone.abort();
    expect(await reading).toBeNull();
    expect(await pdfText(pdfOf([["Invoice"]]), patienceMs, gone.signal)).toBeNull();
  });
});
