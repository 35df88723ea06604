import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import { answerOf } from "../../contracts/memory.ts";
import {
  described as all,
  expectAsDescribed,
  operationsOf,
  problemsOf,
  resolve,
} from "../../fixtures/api-description.ts";
import {
  type MemoryService,
  startMemoryService,
  suggestToken,
} from "../../fixtures/memory-service.ts";

const described = all.filter(({ path }) => /^\/memory(?:\/|$)/.test(path));
const signal = AbortSignal.timeout(60_000);

describe("docs/openapi.yaml", () => {
  let service: MemoryService;
  let ids: string[];

  beforeEach(async () => {
    service = await startMemoryService();
    const verdict = { by: "Alice", reason: null };
    ids = await service.memory.rememberAnswers(
      [
        answerOf({ partId: "1" }),
        answerOf({ partId: "2", answer: "Open Settings and choose Reset password, please." }),
        answerOf({ partId: "3", author: "approved-draft", verdict }),
      ],
      signal,
    );
    await service.memory.rememberAnswers(
      [
        answerOf({
          conversationId: "200",
          author: "edited-draft",
          verdict,
          decision: { action: "review", reason: "low-confidence" },
          draftedFrom: [ids[0] ?? ""],
        }),
      ],
      signal,
    );
    service.articles.push({
      id: "article-1",
      kind: "article",
      title: "Reset your password",
      url: "https://help.example.com/reset",
      text: "Open Settings.",
      score: 0.8,
      language: "en",
      at: 1,
      isInternal: false,
    });
  });
  afterEach(() => service.stop());

  const suggested = async () => {
    const body = { question: "Norway?", answer: "Yes." };
    const response = await service.call("POST", "/memory/suggestions", body);
    return ((await response.json()) as { id: string }).id;
  };
  const done = async (action: string, id: string) => {
    await service.call("POST", `/memory/${id}/${action}`);
    return id;
  };
  const texts = { question: "Do you ship to Norway?", answer: "Yes.", by: "Ada" };

  /** A request that succeeds, for every operation: its path's id, its query and its body. */
  const requests: Record<string, () => Promise<{ id?: string; query?: string; body?: unknown }>> = {
    "GET /memory": async () => ({
      query: "?status=answer&author=edited-draft,teammate&since=2020-01-01&used=yes&language=en",
    }),
    "POST /memory": async () => ({
      body: { ...texts, language: "en", url: "https://a.example/b" },
    }),
    "DELETE /memory": async () => ({ query: "?contact=c-1" }),
    "GET /memory/articles": async () => {
      const article = {
        id: "folder-handbook/a.md",
        articleId: "folder-handbook/a.md",
        title: "Refunds",
        collections: [],
        text: "Within 14 days.",
        url: null,
        language: "en",
        updatedAt: Date.UTC(2026, 10, 1),
        isInternal: true,
      };
      await service.index.put("source:handbook", article, passagesOf(article.text));
      return { query: "?source=source:handbook&language=en&since=2026-01-01&q=refund&limit=5" };
    },
    "GET /memory/recall": async () => ({ query: "?q=How+do+I+reset+my+password" }),
    "GET /memory/{id}": async () => ({ id: ids[0] ?? "" }),
    "PATCH /memory/{id}": async () => ({ id: ids[0] ?? "", body: { language: null, url: null } }),
    "DELETE /memory/{id}": async () => ({ id: ids[0] ?? "" }),
    "POST /memory/{id}/retire": async () => ({ id: ids[0] ?? "", body: { by: "Ada" } }),
    "POST /memory/{id}/restore": async () => ({ id: await done("retire", ids[0] ?? "") }),
    "POST /memory/{id}/undo": async () => ({ id: await done("retire", ids[0] ?? "") }),
    "POST /memory/{id}/accept": async () => ({ id: await suggested() }),
    "POST /memory/suggestions": async () => ({ body: { ...texts, for: ids[0] } }),
    "POST /memory/import": async () => ({
      query: "?by=Ada",
      body: "question,answer\nDo you ship to Norway?,Yes.\nAnd to Sweden?,\n",
    }),
    "GET /memory/export": async () => ({ query: "?format=json&status=answer" }),
    "GET /memory/outdated": async () => {
      const difference = { oneSays: "14 days", otherSays: "30 days" };
      const one = "Refunds are possible within 14 days.";
      const other = "Refunds are possible within 30 days.";
      await service.call("POST", "/memory", { question: "Refund?", answer: one });
      service.passTime(1_000);
      const at = Date.UTC(2027, 0, 1);
      const differences = [{ ...difference, one, other }];
      service.changes.push({ articleId: "1", title: "Refunds", url: null, at, differences });
      return {};
    },
    "GET /memory/contradictions": async () => {
      const differences = [{ one: "12 €.", other: "15 €.", oneSays: "12 €", otherSays: "15 €" }];
      const titled = { title: "Prices", url: null, page: "/source?id=prices" };
      service.contradictions.push({ one: titled, other: titled, differences });
      return {};
    },
    "GET /memory/suggested": async () => {
      const other = { conversationId: "300", partId: "9" };
      await service.memory.rememberAnswers([answerOf(other)], signal);
      return {};
    },
    "POST /memory/articles": async () => ({ body: { title: "Norway", text: "Yes." } }),
    "POST /memory/bulk": async () => ({ body: { action: "retire", ids: [...ids, "none"] } }),
    "POST /memory/merge": async () => ({ body: { keep: ids[0], duplicates: [ids[1], "none"] } }),
  };

  it("describes every route of the memory, and no other", () => {
    expect(described.map(({ name }) => name).sort()).toEqual(operationsOf(service.routes).sort());
    expect(Object.keys(requests).sort()).toEqual(described.map(({ name }) => name).sort());
  });

  it.each(described)("$name answers as described", async ({ name, method, path, operation }) => {
    const { id = "", query = "", body } = (await requests[name]?.()) ?? {};
    const type = typeof body === "string" ? "text/csv" : "application/json";
    const asked = resolve(operation.requestBody ?? {}).content?.[type]?.schema;
    if (body !== undefined) expect(problemsOf(asked ?? {}, body)).toEqual([]);
    const known = (operation.parameters ?? []).map((one) => resolve(one).name);
    for (const used of new URLSearchParams(query).keys()) expect(known).toContain(used);

    const at = path.replace("{id}", encodeURIComponent(id)) + query;
    const response = await service.call(method.toUpperCase(), at, body);
    expect(response.status).toBeLessThan(300);
    await expectAsDescribed(operation, response);
  });

  it.each(described)("$name refuses as described", async ({ method, path, operation }) => {
    const upper = method.toUpperCase();
    const unknown = path.replace("{id}", "none");
    const answers = [
      await service.call(upper, unknown, undefined, null),
      await service.call(upper, unknown, upper === "GET" ? undefined : { nonsense: true }),
      await service.call(upper, `${unknown}?limit=x`, undefined),
    ];
    if (upper !== "GET") answers.push(await service.call(upper, unknown, {}, suggestToken));
    for (const response of answers) await expectAsDescribed(operation, response);
  });

  it.each(described.filter(({ operation }) => "503" in operation.responses))(
    "$name says so when the memory is down",
    async ({ name, method, path, operation }) => {
      const { id = "", query = "", body } = (await requests[name]?.()) ?? {};
      const fail = async () => {
        throw new UpstreamError("mem0", "POST /v3/memories/search/", "500");
      };
      const { memory, index } = service;
      memory.listAnswers =
        memory.readAnswer =
        memory.rememberAnswers =
        memory.writeCheckpoint =
          fail;
      memory.readCheckpoint = memory.findAnswers = fail;
      index.list = fail;
      const at = path.replace("{id}", encodeURIComponent(id)) + query;
      const response = await service.call(method.toUpperCase(), at, body);
      expect(response.status).toBe(503);
      await expectAsDescribed(operation, response);
    },
  );
});
