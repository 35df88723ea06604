import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import type { OtherKnowledge } from "../../../src/adapters/intercom/other-knowledge.ts";
import type { Article } from "../../../src/core/knowledge/article-refresh.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

let standIn: IntercomStandIn;
let log: ReturnType<typeof createRecordingLog>;
beforeEach(async () => {
  standIn = await startIntercomStandIn();
  log = createRecordingLog();
});
afterEach(() => standIn.stop());

async function read(what: OtherKnowledge): Promise<Article[]> {
  const { baseUrl, accessToken, adminId } = standIn;
  const appUrl = "https://app.intercom.com";
  const options = { baseUrl, accessToken, adminId, appUrl, version: "2.16", log };
  const source = createIntercom(options).otherKnowledge(what, what);
  const articles: Article[] = [];
  for await (const article of source.read("source:x", new AbortController().signal)) {
    if (!("isKept" in article)) articles.push(article);
  }
  return articles;
}

const savedReply = (id: string, body: string, more: object = {}) => ({
  id,
  type: "macro",
  name: `Reply ${id}`,
  body,
  visible_to: "everyone",
  updated_at: "2026-01-31T12:00:00.000Z",
  ...more,
});

describe("what else Intercom keeps", () => {
  it("are its saved replies, over all pages, whole also where a list leaves their texts out", async () => {
    standIn.helpCenter.macros.push(
      savedReply("1", "<p>Open <b>Billing</b> under Settings.</p>"),
      savedReply("2", "<p>Only for the team.</p>", { visible_to: "specific_teams" }),
      savedReply("3", "<p> </p>"),
      { id: "4", name: 7 },
      { ...savedReply("5", ""), body: null, whole: { body: "<p>The whole text.</p>" } },
      { ...savedReply("6", ""), body: null, body_text: "Hi {{user.first_name}},\n\nAs text." },
    );
    expect(await read("macros")).toMatchObject([
      {
        id: "saved-reply/macros/1",
        title: "Reply 1",
        text: "Open Billing under Settings.",
        language: "en",
        updatedAt: Date.parse("2026-01-31T12:00:00.000Z"),
        isInternal: false,
      },
      { text: "Only for the team.", isInternal: true },
      { text: "The whole text.", isInternal: false },
      { text: "As text.", isInternal: false },
    ]);
    expect(log.lines.map(({ values, event }) => [Object(values).articleId, event])).toEqual([
      ["saved-reply/macros/3", "article left out: no text in it"],
      ["4", "article left out: not readable"],
    ]);
    expect(standIn.requests.filter(({ path }) => path === "/macros/5")).toHaveLength(1);
  });

  it("are the pages of Fin's library, for those who may read them", async () => {
    standIn.helpCenter.importSources.push(
      { id: "41", status: "active", audience_ids: [] },
      { id: "42", status: "active", audience_ids: [5678] },
      { id: "43", status: "deactivated" },
    );
    const page = (id: string, source_id: number, more: object = {}) => ({
      id,
      source_id,
      title: `Page ${id}`,
      html: `<h2>About ${id}</h2><p>Words of the page.</p>`,
      url: `https://support.example.com/${id}`,
      ai_agent_availability: true,
      updated_at: 1734537269,
      ...more,
    });
    standIn.helpCenter.externalPages.push(
      ...Array.from({ length: 30 }, (_, index) => page(`many${index}`, 41)),
      page("closed", 42),
      page("off", 43),
      page("copilot", 41, { ai_agent_availability: false }),
    );
    const pages = await read("external-pages");
    expect(pages).toHaveLength(32);
    expect(pages[0]).toMatchObject({
      id: "external-pages-many0",
      text: "## About many0\n\nWords of the page.",
      url: "https://support.example.com/many0",
      updatedAt: 1734537269000,
      isInternal: false,
    });
    const internal = pages.filter(({ isInternal }) => isInternal).map(({ title }) => title);
    expect(internal).toEqual(["Page closed", "Page copilot"]);
  });
});
