import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import type { ArticleKind } from "../../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import type { Source } from "../../../src/core/types.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import { articleOf } from "../../contracts/help-center.ts";
import {
  type MemoryService,
  startMemoryService,
  suggestToken,
} from "../../fixtures/memory-service.ts";

/** All that any of the answers may hold. */
type Answered = {
  id: string;
  error: string;
  answers: StoredAnswer[];
  answer: StoredAnswer & { standsFor: string | null };
  neighbours: (StoredAnswer & { saysTheSame: boolean })[];
  sources: Source[];
};
const jsonOf = async (response: Response) => (await response.json()) as Answered;

describe("memory routes", () => {
  let service: MemoryService;
  let url: string;

  beforeEach(async () => {
    service = await startMemoryService({ isOpen: true });
    ({ url } = service);
  });
  afterEach(() => service.stop());

  const post = (body: unknown) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  it("remembers what an operator types and finds it again", async () => {
    const typed = {
      question: "Do you ship to Norway?",
      answer: "Yes, in five days.",
      language: "en",
      url: "https://example.com/shipping",
    };
    const created = await post(typed);
    expect(created.status).toBe(201);
    const { id } = await jsonOf(created);

    const found = await jsonOf(await fetch(`${url}?q=norway&limit=5`));
    expect(found.answers).toMatchObject([{ ...typed, id, author: "operator", status: "answer" }]);
    expect(found.answers[0]?.score).toBeGreaterThan(0);
  });

  it("forgets a contact and says what was removed", async () => {
    const said = { conversationId: "100", contactId: "contact-1", at: 1 };
    const turns = [
      { ...said, partId: "1", speaker: "customer" as const, text: "How do I pay?" },
      { ...said, partId: "2", speaker: "teammate" as const, text: "By card." },
    ];
    await service.memory.rememberTurns(turns, AbortSignal.timeout(5_000));
    const answered = await fetch(`${url}?contact=contact-1`, { method: "DELETE" });
    expect(await answered.json()).toEqual({
      contact: "contact-1",
      conversations: 1,
      turns: 2,
      answers: 0,
      cards: 0,
    });
    const again = await fetch(`${url}?contact=contact-1`, { method: "DELETE" });
    expect(await again.json()).toMatchObject({ conversations: 0, turns: 0 });
  });

  it.each(["", "?contact=", "?contact=a/b", "?contact=a&contact=b", "?contact=a&all=true"])(
    "forgets nobody by DELETE /memory%s, and says how",
    async (query) => {
      const refused = await fetch(`${url}${query}`, { method: "DELETE" });
      expect(refused.status).toBe(400);
      expect((await jsonOf(refused)).error).toMatch(/DELETE \/memory\?contact=ID/);
      expect(service.log.lines).toEqual([]);
    },
  );

  it("shows the newest answers where nothing is asked for", async () => {
    await post({ question: "One?", answer: "1" });
    await post({ question: "Two?", answer: "2" });
    const { answers } = await jsonOf(await fetch(url));
    expect(answers).toHaveLength(2);
    expect(await jsonOf(await fetch(`${url}?limit=1`))).toMatchObject({ answers: [{}] });
    expect((await jsonOf(await fetch(`${url}?q=`))).answers).toHaveLength(2);
  });

  it("deletes by id, once", async () => {
    const { id } = await jsonOf(await post({ question: "One?", answer: "1" }));
    const remove = () => fetch(`${url}/${encodeURIComponent(id)}`, { method: "DELETE" });
    expect((await remove()).status).toBe(204);
    const again = await remove();
    expect(again.status).toBe(404);
    expect((await jsonOf(again)).error).toContain("GET /memory");
  });

  it.each([
    [{}],
    [{ question: "  ", answer: "x" }],
    [{ question: "x", answer: 7 }],
    [{ question: "x", answer: "y", language: "english" }],
    [{ question: "x", answer: "y", url: "javascript:alert(1)" }],
    [{ question: "x", answer: "y", url: "https://app.intercom.com/a/inbox/1" }],
    [{ question: "x", answer: "y", author: "teammate" }],
    [[]],
  ])("refuses %j and says what to send", async (body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toContain("question and answer");
    expect((await jsonOf(await fetch(url))).answers).toEqual([]);
  });

  it("refuses a body that is no JSON", async () => {
    const response = await post("{");
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toEqual({ error: expect.any(String) });
  });

  it.each(["0", "101", "ten"])("refuses the limit %s", async (limit) => {
    const response = await fetch(`${url}?limit=${limit}`);
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toContain("1 to 100");
  });

  it("says so when the memory is down", async () => {
    service.memory.findAnswers = async () => {
      throw new UpstreamError("mem0", "POST /v3/memories/search/", "500");
    };
    const response = await fetch(`${url}?q=x`);
    expect(response.status).toBe(503);
    expect((await jsonOf(response)).error).toContain("Try again later");
  });

  it("leaves questions and answers out of the log", async () => {
    const { id } = await jsonOf(await post({ question: "My secret?", answer: "My answer" }));
    await fetch(`${url}/${id}`, { method: "DELETE" });
    expect(service.log.lines.map(({ event }) => event)).toEqual([
      "answer remembered by an operator",
      "answer forgotten by an operator",
    ]);
    expect(JSON.stringify(service.log.lines)).not.toMatch(/secret|My answer/);
  });

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await service.call(method, `/memory${path}`, body);
    return { status: response.status, ...((await response.json()) as Answered) };
  };
  const typed = { question: "Do you ship to Norway?", answer: "Yes, in five days." };

  it("changes an answer, shows what it was, and takes the change back", async () => {
    const { id } = await jsonOf(await post(typed));
    await call("PATCH", `/${id}`, { answer: "Yes, in three days.", by: "Ada" });
    const { answer } = await call("GET", `/${id}`);
    expect(answer).toMatchObject({ answer: "Yes, in three days.", standsFor: "Ada" });
    expect(answer.changes).toMatchObject([
      { did: "added", by: "an admin", before: null },
      { did: "edited", by: "Ada", before: { answer: "Yes, in five days." } },
    ]);
    await call("POST", `/${id}/undo`);
    expect((await call("GET", `/${id}`)).answer.answer).toBe("Yes, in five days.");
  });

  it("does not record a change that changes nothing", async () => {
    const { id } = await jsonOf(await post(typed));
    expect((await call("PATCH", `/${id}`, { answer: typed.answer })).status).toBe(200);
    expect((await call("GET", `/${id}`)).answer.changes).toHaveLength(1);
  });

  it("refuses what cannot be done to an answer, and says why", async () => {
    const { id } = await jsonOf(await post(typed));
    const undone = await call("POST", `/${id}/undo`);
    expect([undone.status, undone.error]).toEqual([409, expect.stringContaining("Nobody has")]);
    expect((await call("POST", `/${id}/restore`)).status).toBe(409);
    expect((await call("POST", `/${id}/accept`)).status).toBe(409);
    await call("POST", `/${id}/retire`);
    expect((await call("POST", `/${id}/retire`)).status).toBe(409);
    const unchanged = await call("PATCH", `/${id}`, { by: "Ada" });
    expect([unchanged.status, unchanged.error]).toEqual([400, expect.stringContaining("question")]);
  });

  it("finds what the responder would find, with the words that speak for it", async () => {
    await post(typed);
    const found = await call("GET", "/recall?q=Does+shipping+to+Norway+take+five+weeks%3F");
    expect(found.sources).toMatchObject([
      {
        title: typed.question,
        score: expect.any(Number),
        why: {
          inTitle: ["Norway"],
          inText: ["five"],
          nowhere: ["Does", "shipping", "take", "weeks"],
        },
      },
    ]);
  });

  it("finds for a brand what is not another's, and says what was left out", async () => {
    const learnt = { ...typed, status: "answer", author: "teammate", decision: null } as const;
    const answer = {
      ...learnt,
      language: null,
      url: null,
      conversationId: "1",
      partId: "2",
      at: 1,
      draftedFrom: [],
    };
    const signal = new AbortController().signal;
    await service.memory.rememberAnswers([{ ...answer, brand: "Acme" }], signal);
    const forWhom = { brands: ["Acme"] };
    expect((await call("GET", "/recall?q=Norway&brand=acme")).sources).toMatchObject([{ forWhom }]);
    expect(await call("GET", "/recall?q=Norway&brand=Beta&plan=Pro&language=de")).toMatchObject({
      sources: [],
      leftOut: [{ title: typed.question, forWhom, why: "brand" }],
    });
    expect((await call("GET", "/recall?q=Norway&language=german")).status).toBe(400);
    // The same, where its source said for whom it is.
    await service.memory.rememberAnswers([{ ...answer, forWhom }], signal);
    expect(await (await fetch(`${url}/export`)).text()).toMatch(/,Acme\s*$/);
  });

  it("lists the articles of a source by the name that the settings give it", async () => {
    const put = async (kind: ArticleKind, id: string) => {
      const article = articleOf("Within 14 days.", { id });
      await service.index.put(kind, article, passagesOf(article.text));
    };
    await put("source:handbook", "folder-handbook/a.md");
    await put("internal", "internal-1");
    const listed = async (source: string) => {
      const response = await service.call("GET", `/memory/articles?source=${source}`);
      const { articles } = (await response.json()) as { articles: { id: string }[] };
      return articles.map(({ id }) => id);
    };
    expect(await listed("handbook")).toEqual(["folder-handbook/a.md"]);
    expect(await listed("source:handbook")).toEqual(["folder-handbook/a.md"]);
    expect(await listed("internal")).toEqual(["internal-1"]);
    expect(await listed("other")).toEqual([]);
  });

  it("says of an answer what an article that was changed since says instead", async () => {
    const refund = { question: "Refund?", answer: "Refunds are possible within 14 days." };
    const { id } = await jsonOf(await post(refund));
    const text = "Refunds are possible within 30 days.";
    const article = { kind: "article" as const, url: null, language: "en", isInternal: false };
    const at = Date.UTC(2026, 11, 1);
    service.articles.push({ ...article, id: "a1", title: "Refunds", text, at, score: 0.9 });
    const outdated = { title: "Refunds", differs: [{ says: "14 days", articleSays: "30 days" }] };
    expect(await call("GET", `/${id}`)).toMatchObject({ outdated });
    const { sources } = await call("GET", "/recall?q=refund");
    expect(sources).toMatchObject([{ id, outdated }, { id: "a1" }]);
    // Somebody has looked at it since.
    service.passTime(10 * 86_400_000);
    await call("PATCH", `/${id}`, { answer: "Yes: refunds are possible within 14 days." });
    expect(await call("GET", `/${id}`)).toMatchObject({ outdated: null });
  });

  it("lists answers that still say what an article said before, with a new text", async () => {
    const { id } = await jsonOf(
      await post({ question: "Refund?", answer: "Refunds are possible within 14 days." }),
    );
    await post({ question: "Refunds of fees?", answer: "Refunds are possible within 30 days." });
    await post({ question: "Trial?", answer: "A trial ends after 14 days." });
    const one = "Refunds are possible within 14 days.";
    const other = "Refunds are possible within 30 days.";
    const differences = [{ one, other, oneSays: "14 days", otherSays: "30 days" }];
    const change = { articleId: "1", title: "Refunds", url: null, differences };
    service.changes.push({ ...change, at: Date.UTC(2027, 0, 1) });
    const response = await service.call("GET", "/memory/outdated");
    expect(await response.json()).toMatchObject({
      outdated: [{ answer: { id }, says: "14 days", rewritten: other }],
    });
    // Somebody has looked at it since.
    service.passTime(60 * 86_400_000);
    await call("PATCH", `/${id}`, { question: "A refund?" });
    const later = await service.call("GET", "/memory/outdated");
    expect(await later.json()).toMatchObject({ outdated: [] });
  });

  it("begins an article in Intercom, and says so where the token may not", async () => {
    const article = { title: "Norway", text: "We **ship** there." };
    expect(await call("POST", "/articles", article)).toMatchObject({
      status: 201,
      articleId: "55",
    });
    expect(service.begun).toEqual([{ title: "Norway", markdown: article.text }]);
    const refused = await call("POST", "/articles", article);
    expect([refused.status, refused.error]).toEqual([409, expect.stringContaining("permission")]);
  });

  it("lets one answer stand for its duplicates", async () => {
    const keep = await jsonOf(await post(typed));
    const twin = await jsonOf(await post({ ...typed, question: "Shipping to Norway?" }));
    const { neighbours } = await call("GET", `/${keep.id}`);
    expect(neighbours).toMatchObject([{ id: twin.id, saysTheSame: true }]);
    const merged = await call("POST", "/merge", { keep: keep.id, duplicates: [twin.id, keep.id] });
    expect(merged).toMatchObject({ changed: [{ id: twin.id }], refused: [{ id: keep.id }] });
    const gone = (await call("GET", `/${twin.id}`)).answer;
    expect(gone).toMatchObject({
      status: "retired",
      changes: [{}, { did: "merged", into: keep.id }],
    });
    expect((await call("GET", "/recall?q=Norway")).sources).toMatchObject([{ id: keep.id }]);
  });

  const upload = async (text: string, query = "") => {
    const response = await service.call("POST", `/memory/import${query}`, text);
    return (await response.json()) as {
      error: string;
      rows: { line: number; question: string; answer: string }[];
      known: number[];
      bad: { line: number; error: string }[];
      ids: string[];
    };
  };

  it("imports a table, names bad lines by their number and goes on with the rest", async () => {
    const table = [
      "\uFEFFQuestion;Answer;Language;Topic",
      'Do you ship to Norway?;"Yes;',
      'in five days.";en;shipping',
      "And to Sweden?;;;",
      "To Finland?;No.;finnish;shipping",
      "To Denmark?;Yes.",
      'To "Iceland"?;Yes.;;',
      "To Malta?;No.;;",
      "To Malta?;No.;;",
    ].join("\r\n");
    const preview = await upload(table, "?dryRun=true");
    expect(preview.bad).toMatchObject([
      { line: 4, error: "the answer is missing" },
      { line: 5, error: expect.stringContaining("language") },
      { line: 6, error: "it has 2 cells where the first line has 4" },
      { line: 7, error: expect.stringContaining("quotation mark") },
    ]);
    expect(preview.rows).toMatchObject([
      { line: 2, question: "Do you ship to Norway?", answer: "Yes;\nin five days." },
      { line: 8, question: "To Malta?" },
    ]);
    expect([preview.known, preview.ids]).toEqual([[9], []]);
    expect((await jsonOf(await fetch(url))).answers).toEqual([]);

    const { ids } = await upload(table, "?by=Ada");
    expect(ids).toHaveLength(2);
    const { answer } = await call("GET", `/${ids[0]}`);
    expect(answer).toMatchObject({ language: "en", changes: [{ did: "imported", by: "Ada" }] });
    expect((await upload(table)).known).toEqual([2, 8, 9]);
  });

  it("refuses a table without names of columns, and what is no table", async () => {
    expect((await upload("Do you ship?,Yes.")).error).toContain("question and answer");
    const response = await service.call("POST", "/memory/import", { question: "x" });
    expect(response.status).toBe(415);
  });

  it("exports what can be imported again, and nothing that a spreadsheet would run", async () => {
    await post({ question: "=1+1?", answer: 'Two, "always".\nReally.' });
    await post({ question: "Retired?", answer: "Yes." });
    const retired = (await jsonOf(await fetch(url))).answers.find((one) => one.answer === "Yes.");
    await call("POST", `/${retired?.id}/retire`);
    const response = await fetch(`${url}/export?status=answer`);
    expect(response.headers.get("content-disposition")).toContain("answers.csv");
    const table = await response.text();
    expect(table).toContain(`'=1+1?,"Two, ""always"".\nReally."`);
    expect(table).not.toContain("Retired?");
    expect((await upload(table)).known).toEqual([2]);
    const { answers } = await jsonOf(await fetch(`${url}/export?format=json`));
    expect(answers).toHaveLength(2);
  });

  it("takes nothing of an export as an answer in use that was none", async () => {
    const table = [
      "question,answer,status,source",
      "Do you ship?,Yes.,answer,teammate",
      "Refunds?,Never.,rejected,approved-draft",
      "Opening hours?,At nine.,retired,operator",
      "Invoices?,Under Billing.,answer,automatic-reply",
      "Returns?,In thirty days.,published,another system",
    ];
    const { ids, bad } = await upload(`${table.join("\n")}\n`);
    expect(ids).toHaveLength(2);
    expect(bad).toMatchObject([
      { line: 3, error: expect.stringContaining("its status is rejected") },
      { line: 4, error: expect.stringContaining("its status is retired") },
      { line: 5, error: expect.stringContaining("nobody has looked at it") },
    ]);
  });

  it("exports and imports of which brand an answer is", async () => {
    const table = "question,answer,brand\nHow long do refunds take?,Five days.,Acme\n";
    const [id] = (await upload(table)).ids;
    expect(await (await fetch(`${url}/export`)).text()).toMatch(/,Acme\s*$/);
    const titles = async (brand: string) =>
      (await call("GET", `/recall?q=refunds&brand=${brand}`)).sources.map((one) => one.id);
    expect(await titles("Acme")).toEqual([id]);
    expect(await titles("Beta")).toEqual([]);
  });

  it("recalls nothing of a suggestion until somebody accepts it", async () => {
    const { id } = await call("POST", "/suggestions", { ...typed, by: "Ben" });
    expect((await call("GET", "/recall?q=Norway")).sources).toEqual([]);
    await call("POST", `/${id}/accept`, { by: "Ada" });
    expect((await call("GET", "/recall?q=Norway")).sources).toMatchObject([{ id }]);
    expect((await call("GET", `/${id}`)).answer.changes).toMatchObject([
      { did: "suggested", by: "Ben" },
      { did: "accepted", by: "Ada" },
    ]);
  });

  it("takes a suggestion for an answer as that answer's new text", async () => {
    const { id } = await jsonOf(await post(typed));
    const wanted = { ...typed, answer: "No longer.", for: id };
    const suggestion = await call("POST", "/suggestions", wanted);
    expect((await call("POST", `/${suggestion.id}/accept`)).id).toBe(id);
    expect((await call("GET", `/${id}`)).answer).toMatchObject({ answer: "No longer." });
    expect((await call("GET", `/${suggestion.id}`)).answer.status).toBe("retired");
    const astray = await call("POST", "/suggestions", { ...typed, for: "none" });
    expect(astray.status).toBe(404);
  });
});

describe("memory routes, for whoever may only suggest", () => {
  let service: MemoryService;
  beforeEach(async () => {
    service = await startMemoryService();
  });
  afterEach(() => service.stop());
  const asReader = (method: string, path: string, body?: unknown) =>
    service.call(method, `/memory${path}`, body, suggestToken);

  it("look and suggest, and change nothing", async () => {
    const suggested = await asReader("POST", "/suggestions", { question: "One?", answer: "1" });
    expect(suggested.status).toBe(201);
    const { id } = await jsonOf(suggested);
    for (const path of ["", `/${id}`, "/recall?q=one", "?status=suggested"]) {
      expect((await asReader("GET", path)).status).toBe(200);
    }
    const attempts: [string, string, unknown?][] = [
      ["POST", "", { question: "Two?", answer: "2" }],
      ["PATCH", `/${id}`, { answer: "3" }],
      ["POST", `/${id}/accept`],
      ["POST", `/${id}/retire`],
      ["POST", "/bulk", { action: "retire", ids: [id] }],
      ["POST", "/merge", { keep: id, duplicates: [id] }],
      ["DELETE", `/${id}`],
      ["DELETE", "?contact=1"],
    ];
    for (const [method, path, body] of attempts) {
      const refused = await asReader(method, path, body);
      expect(refused.status).toBe(403);
      expect((await jsonOf(refused)).error).toContain("SUGGEST_TOKEN");
    }
    const { answers } = await jsonOf(await asReader("GET", ""));
    expect(answers).toMatchObject([{ id, status: "suggested", changes: [{ by: "a reader" }] }]);
  });
});
