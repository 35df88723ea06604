import { describe, expect, it } from "vitest";
import { withHelpfulArticles } from "../../../src/core/knowledge/helpful-articles.ts";
import type { Draft, Part, Source } from "../../../src/core/types.ts";
import { conversation, customer, draft, part, source, us } from "../../fixtures/conversations.ts";
import { requestFor } from "../../stand-ins/draft-request.ts";

const article = (id: string, more: Partial<Source> = {}) =>
  source({ id, title: `About ${id}`, url: `https://help.example.com/${id}`, score: 0.8, ...more });

async function replyWith(
  usedSources: Source[],
  more: { reply?: string; most?: number; before?: Part[] } = {},
): Promise<string> {
  const { reply = "Press Save.", most = 3, before = [] } = more;
  const written: Draft = draft({ reply, usedSources });
  const drafter = withHelpfulArticles({ draft: async () => ({ draft: written }) }, () => ({
    helpfulArticles: most,
  }));
  const read = conversation([...before, part(customer, "How?")]);
  const request = { ...requestFor(["How?"]), conversation: read };
  const drafting = await drafter.draft(request, AbortSignal.timeout(10_000));
  return "draft" in drafting ? drafting.draft.reply : "";
}

const link = (id: string) => `[About ${id}](https://help.example.com/${id})`;

describe("articles to read on", () => {
  it("stand below the reply that rests on them, the best first, and no more than wanted", async () => {
    const used = [article("a"), article("b", { score: 0.9 }), article("c", { score: 0.75 })];
    expect(await replyWith(used)).toBe(
      `Press Save.\n\n${link("b")}\n\n${link("a")}\n\n${link("c")}`,
    );
    expect(await replyWith(used, { most: 1 })).toBe(`Press Save.\n\n${link("b")}`);
    expect(await replyWith(used, { most: 0 })).toBe("Press Save.");
  });

  it.each<[string, Partial<Source>]>([
    ["fits too little", { score: 0.7 }],
    ["is for teammates only", { isInternal: true }],
    ["is an earlier answer", { kind: "answer" }],
    ["has no address", { url: null }],
  ])("leave out what %s", async (_, more) => {
    expect(await replyWith([article("a", more)])).toBe("Press Save.");
  });

  it("are named once in a conversation", async () => {
    const used = [article("a"), article("b")];
    const reply = `See ${link("a")}.`;
    expect(await replyWith(used, { reply })).toBe(`${reply}\n\n${link("b")}`);
    const before = [part(customer, "And how?"), part(us, "Press Open.\n\nAbout a")];
    expect(await replyWith(used, { before })).toBe(`Press Save.\n\n${link("b")}`);
  });

  it("have words that no bracket of a title ends, and are not added to an empty reply", async () => {
    const used = [article("a", { title: "Export [beta](x)\nnow" })];
    expect(await replyWith(used)).toContain("[Export beta (x) now](https://help.example.com/a)");
    expect(await replyWith([article("a")], { reply: " " })).toBe(" ");
  });
});
