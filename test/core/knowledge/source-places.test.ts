import { expect, it } from "vitest";
import { fileId, rowOf } from "../../../src/core/knowledge/file-articles.ts";
import { savedReplyId } from "../../../src/core/knowledge/saved-replies.ts";
import {
  linkFromHere,
  pageIn,
  placeWords,
  sourcePath,
  withArticlePages,
} from "../../../src/core/knowledge/source-places.ts";
import type { HelpCenter } from "../../../src/core/ports.ts";
import { source } from "../../fixtures/conversations.ts";

it.each([
  [
    { id: fileId("handbook/a/guide.pdf"), kind: "source:handbook", anchor: "page=12" },
    "handbook/a/guide.pdf, page 12",
  ],
  [
    { id: rowOf(fileId("handbook/faq.csv"), 3), kind: "source:handbook" },
    "handbook/faq.csv, row 3",
  ],
  [{ id: "fin-7", kind: "source:fin" }, "fin"],
  [
    { id: savedReplyId("macros", "7"), kind: "source:macros" },
    "a saved reply, edited in Intercom under Macros",
  ],
  [{ id: "article-7", kind: "published", anchor: "refunds" }, "the help center"],
  [{ id: "internal-7", kind: "internal" }, "Intercom’s internal articles"],
])("says where %j lies", (article, words) => {
  expect(placeWords(article)).toBe(words);
});

it("reads the page of a PDF out of its address and out of no other", () => {
  expect(pageIn("https://example.com/a.pdf#page=12")).toBe("12");
  expect(pageIn("https://example.com/a?page=12")).toBeNull();
  expect(pageIn("https://example.com/a#page=1x")).toBeNull();
});

it("has a page for what is kept, and none for what somebody said or what was looked up", () => {
  const id = fileId("handbook/prices & more.csv#row=3");
  const path = sourcePath({ id, kind: "article", passage: "abc_-1" }) ?? "";
  const url = new URL(path, "https://responder.example");
  expect([url.pathname, url.searchParams.get("id"), url.hash]).toEqual(["/source", id, "#passage"]);
  expect(sourcePath({ id: "a1", kind: "answer" })).toBe("/source?id=a1");
  expect(sourcePath({ id: "s1", kind: "saved-reply" })).toBe("/source?id=s1");
  expect(sourcePath({ id: "1-2", kind: "conversation" })).toBeNull();
  expect(sourcePath({ id: "lookup-1", kind: "lookup" })).toBeNull();
});

it("leads to it only where a source has no address of its own", async () => {
  const found = [source({ id: "1", url: null }), source({ id: "2", url: "https://example.com/2" })];
  const pageOf = () => "https://responder.example/source?id=1";
  const helpCenter: HelpCenter = { search: async () => found };
  const linked = withArticlePages(helpCenter, pageOf);
  const [one, two] = await linked.search("q", { limit: 2 }, AbortSignal.timeout(1_000));
  expect(one?.page).toBe(pageOf());
  expect(two).not.toHaveProperty("page");
  expect(found.map(linkFromHere)).toEqual(["/source?id=1", null]);
});
