import { describe, expect, it } from "vitest";
import type { Drafter } from "../../src/core/ports.ts";
import { type Draft, intents } from "../../src/core/types.ts";
import { partOf, requestFor, sourceOf } from "../stand-ins/draft-request.ts";

const signal = new AbortController().signal;

/** What every drafter keeps to, whatever writes its drafts. */
export function describeDrafter(name: string, create: () => Promise<Drafter> | Drafter): void {
  describe(`${name}, as every drafter`, () => {
    async function draftOf(...request: Parameters<typeof requestFor>): Promise<Draft> {
      const drafter = await create();
      const drafting = await drafter.draft(requestFor(...request), signal);
      if ("noDraft" in drafting) throw new Error(drafting.noDraft.explanation);
      return drafting.draft;
    }

    it("fills every field of a draft with a value in its range", async () => {
      const draft = await draftOf(["How do I reset my password?"], { sources: [sourceOf()] });

      expect(draft.reply.trim()).toBe(draft.reply);
      expect(draft.reply).not.toBe("");
      expect(draft.confidence).toBeGreaterThanOrEqual(0);
      expect(draft.confidence).toBeLessThanOrEqual(1);
      expect(draft.reasoning).not.toBe("");
      expect(intents).toContain(draft.intent);
      expect(draft.language).toMatch(/^[a-z]{2,3}$/);
      expect(draft.origin.model).not.toBe("");
    });

    it("cites only what was recalled", async () => {
      const sources = [sourceOf(), sourceOf({ id: "article-2", title: "Two-factor login" })];
      const draft = await draftOf(["How do I reset my password? sources=1,7"], { sources });

      expect(draft.usedSources).toEqual([sources[0]]);
    });

    it("names the links that no source of the customer's contains", async () => {
      const unknownIn = async (links: string, sources = [sourceOf()]) =>
        (await draftOf([`reset my password reply="See ${links}"`], { sources })).unknownLinks;

      expect(await unknownIn("http://HELP.example.com:80/reset/?utm_source=chat#now")).toEqual([]);
    });

    it("writes a draft also when nothing was recalled", async () => {
      const draft = await draftOf(["What colour is the moon? confidence=0.1 needs_human=true"]);

      expect(draft).toMatchObject({ needsHuman: true, confidence: 0.1, usedSources: [] });
      expect(draft.reply).not.toBe("");
    });

    it("leaves the reply empty for thanks", async () => {
      const history = [partOf("a", "Press Reset.", "us")];
      const draft = await draftOf(["Thank you very much!"], { history });

      expect(draft).toMatchObject({ reply: "", intent: "thanks", needsHuman: false });
    });

    it("rejects with the signal's reason when it is aborted before the start", async () => {
      const drafter = await create();
      const reason = new Error("a newer message");
      const aborted = AbortSignal.abort(reason);

      await expect(drafter.draft(requestFor(["Hello?"]), aborted)).rejects.toBe(reason);
    });
  });
}
