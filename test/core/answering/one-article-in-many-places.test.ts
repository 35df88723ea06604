import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import type { Article, ArticleKind } from "../../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { loadLanguageOf } from "../../../src/lib/language.ts";
import { createJourneyWorld } from "../../fixtures/journey-world.ts";

const english = "Returns are possible within 30 days. Send the parcel back with its receipt.";
const german =
  "Eine Rückgabe ist innerhalb von 30 Tagen möglich. Schicken Sie das Paket mit dem Beleg zurück.";

describe("one article in many places", () => {
  let index: ReturnType<typeof createSqliteHelpCenter>;
  let world: ReturnType<typeof createJourneyWorld>;

  // Loading it counts on the recall's two seconds, which a busy machine may need for it.
  beforeAll(async () => {
    await loadLanguageOf();
  });
  beforeEach(() => {
    index = createSqliteHelpCenter(":memory:");
    world = createJourneyWorld();
    world.searches(index, { recallAnswers: async () => [] });
  });
  afterEach(() => index.close());

  const write = (kind: ArticleKind, article: Partial<Article> & Pick<Article, "id" | "text">) =>
    index.put(
      kind,
      {
        ...{ articleId: article.id, title: "Returns", collections: [], url: null },
        ...{ language: "en", updatedAt: null, isInternal: false },
        ...article,
      },
      passagesOf(article.text),
    );
  const asks = async (text: string) => {
    const { recall } = await world.hint(world.customerWrites(text).id);
    return recall?.sources.map(({ id, language }) => `${id} (${language})`);
  };
  const translated = async () => {
    await write("published", { id: "a1", text: english });
    const title = "Rückgabe";
    await write("published", { id: "a1-de", articleId: "a1", title, language: "de", text: german });
    await write("published", {
      id: "a1-fr",
      articleId: "a1",
      language: "fr",
      text: "Les retours.",
    });
  };

  it("gives a German customer the German version, though the English one has more of their words", async () => {
    await translated();
    // Product names and borrowed words are what they share with the English text.
    expect(await asks("Wie geht das mit returns und receipt bei meinem parcel, bitte?")).toEqual([
      "a1-de (de)",
    ]);
  });

  it("gives whoever writes in another language the version that fits best", async () => {
    await translated();
    expect(await asks("Are returns possible with a receipt for my parcel?")).toEqual(["a1 (en)"]);
    expect(await asks("Hvordan kan jeg sende returns tilbake, jeg har receipt?")).toEqual([
      "a1 (en)",
    ]);
  });

  it("does not give customers what only teammates may see, for the sake of a language", async () => {
    await write("published", { id: "a1", text: english });
    const internal = { language: "de", isInternal: true, text: german };
    await write("published", { id: "a1-de", articleId: "a1", ...internal });
    expect(await asks("Wie geht das mit returns und receipt bei meinem parcel, bitte?")).toEqual([
      "a1 (en)",
    ]);
  });

  it("is found once where a folder, a site and the help center have it", async () => {
    await write("source:folder", { id: "f", text: `# Returns\n\n${english}`, isInternal: true });
    await write("published", { id: "a1", text: english, updatedAt: 1 });
    await write("source:site", { id: "s", title: "Returns | Acme", text: english, updatedAt: 2 });
    await write("source:site", { id: "o", title: "Parcels", text: "We send a parcel in 3 days." });
    expect(await asks("How do returns of a parcel work?")).toEqual(["s (en)", "o (en)"]);
  });
});
