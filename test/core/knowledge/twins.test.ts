import { describe, expect, it } from "vitest";
import { withoutTwins } from "../../../src/core/knowledge/twins.ts";
import type { Source } from "../../../src/core/types.ts";
import { source } from "../../fixtures/conversations.ts";

const text = [
  "You can return what you bought within 30 days.",
  "Send it back in its box, with the receipt, to the address on the label.",
  "The money is on your account five days after the parcel has reached us.",
].join("\n");
const article = (id: string, more: Partial<Source> = {}) =>
  source({ id, title: "Returns", text, score: 0.8, at: 100, isInternal: false, ...more });
const ids = (...sources: Source[]) => withoutTwins(sources).map(({ id }) => id);

describe("an article in several places", () => {
  it("is shown once, however each place writes it", () => {
    const onSite = article("site", {
      title: "Returns – Acme Help",
      text: `# Returns\n\n${text.replaceAll("\n", "\n\n")}\n\nWas this helpful?`,
      score: 0.7,
    });
    expect(ids(article("folder"), onSite)).toEqual(["folder"]);
    expect(ids(onSite, article("folder"))).toEqual(["site"]);
  });

  it("is the one for customers, then the newest, where and as well as the best of them fits", () => {
    const between = article("other", { title: "Parcels", score: 0.75 });
    const best = article("internal", { isInternal: true, score: 0.9, at: 900 });
    const found = withoutTwins([best, between, article("old"), article("new", { at: 200 })]);
    expect(found).toMatchObject([
      { id: "new", score: 0.9, isInternal: false },
      { id: "other", score: 0.75 },
    ]);
  });

  it.each([
    ["another number", { text: text.replace("30", "14") }],
    ["a denial", { text: text.replace("can return", "can not return") }],
    ["another product", { text: text.replace("The money", "The money of Acme Plus") }],
    ["another title", { title: "Exchange" }],
    ["for another brand", { forWhom: { brands: ["Acme"] } }],
    ["for another plan", { forWhom: { plans: ["Pro"] } }],
    ["half of it only", { text: `${text.split("\n")[0]}\nAsk the shop where you bought it.` }],
  ])("are two where one has %s", (_, more) => {
    expect(ids(article("one"), article("two", more))).toEqual(["one", "two"]);
    expect(ids(article("two", more), article("one"))).toEqual(["two", "one"]);
  });

  it("are two where they are about two things in the same words", () => {
    const about = (id: string, system: string) => {
      const words = `Open the settings of ${system}. Choose Network, then Add, and type in your key.`;
      return article(id, { title: `Setting up on ${system}`, text: words });
    };
    expect(ids(about("one", "Windows"), about("two", "Linux"))).toEqual(["one", "two"]);
  });
});
