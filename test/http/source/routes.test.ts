import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory } from "../../../src/core/knowledge/answer-memory.ts";
import type { ArticleIndex } from "../../../src/core/knowledge/article-refresh.ts";
import { fileId } from "../../../src/core/knowledge/file-articles.ts";
import { readKeptSource } from "../../../src/core/knowledge/kept-source.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { sourcePath } from "../../../src/core/knowledge/source-places.ts";
import { createErrorHandler, notFound } from "../../../src/http/error-handler.ts";
import { createAccess } from "../../../src/http/pages/access.ts";
import { createSourceRoutes } from "../../../src/http/source/routes.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import { answerOf } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const tokens = { admin: "a-token-of-some-length", reader: "another-token-of-some-length" };
const guide = {
  id: fileId("handbook/<guide>.md"),
  articleId: fileId("handbook/<guide>.md"),
  title: "Refunds & <returns>",
  collections: [],
  text: [
    `## Who decides\n\n${"Support asks Finance about large refunds. ".repeat(30)}`,
    `## Limits {#limits}\n\nAbove 100 <b>ask</b> Finance.\n${"Each limit has its owner. ".repeat(30)}`,
    "```js\nif (a < b) {\n\n  refund();\n}\n```",
  ].join("\n\n"),
  url: null,
  language: "en",
  updatedAt: Date.UTC(2026, 10, 1),
  isInternal: true,
};

let index: ArticleIndex;
let memory: AnswerMemory;
let isDown: boolean;
let base: string;
let stop: () => void;
const signal = () => AbortSignal.timeout(5_000);

beforeEach(async () => {
  const log = createRecordingLog();
  index = createSqliteHelpCenter(":memory:");
  memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  isDown = false;
  await index.put("source:handbook", guide, passagesOf(guide.text));
  const routes = createSourceRoutes({
    access: createAccess({
      isOpen: false,
      isLocalOnly: false,
      adminToken: tokens.admin,
      readerToken: tokens.reader,
      clock: Date.now,
    }),
    async read(id) {
      if (isDown) throw new UpstreamError("sqlite", "read", "disk I/O error");
      return readKeptSource(id, {
        readArticle: index.read,
        readAt: () => Date.UTC(2026, 10, 28, 9, 12),
        readAnswer: (answerId) => memory.readAnswer(answerId, signal()),
        findUses: (sourceId) => memory.findUses(sourceId, signal()),
      });
    },
    conversationUrl: (id) => `https://app.intercom.com/a/inbox/_/inbox/conversation/${id}`,
    log,
  });
  const app = express().use(routes).use(notFound).use(createErrorHandler(log));
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(async () => {
  stop();
  memory.close();
  await index.close();
});

const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(base + path, { headers: { accept: "text/html", ...headers }, redirect: "manual" });
const asReader = { authorization: `Bearer ${tokens.reader}` };
const found = async (query: string) => {
  const [source] = await index.search(query, { limit: 1 }, signal());
  if (source === undefined) throw new Error("nothing found");
  return source;
};

describe("the page of a source", () => {
  it("shows an article as it is kept, with the passage that was found", async () => {
    const verdict = { by: "Alice", reason: null };
    const sent = answerOf({ author: "approved-draft", verdict, draftedFrom: [guide.id] });
    await memory.rememberAnswers([sent], signal());
    const response = await open(sourcePath(await found("limits owner")) ?? "", asReader);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const html = await response.text();
    expect(html).toContain("<h1>Refunds &amp; &lt;returns&gt;</h1>");
    expect(html).toContain("<dd>handbook/&lt;guide&gt;.md</dd>");
    expect(html).toContain("For teammates only");
    expect(html).toContain("<dd>1 approved as it was</dd>");
    expect(html).toContain("2026-11-01 00:00 UTC");
    expect(html).toContain("2026-11-28 09:12 UTC");
    expect(html).toContain("<h2>Who decides</h2>");
    expect(html.split('id="passage"')).toHaveLength(2);
    expect(html).toMatch(/id="passage"[^>]*>\n<h2>Limits<\/h2>\n<p>Above 100 &lt;b&gt;ask/);
    expect(html).toContain("<code>if (a &lt; b) {\n\n  refund();\n}</code>");
    expect(html).not.toMatch(/<script|<b>|{#limits}/);
  });

  it("says so where the passage does not stand in it any more", async () => {
    const path = sourcePath(await found("limits owner")) ?? "";
    const text = guide.text.replace("Above 100", "Above 200");
    await index.put("source:handbook", { ...guide, text }, passagesOf(text));
    const html = await (await open(path, asReader)).text();
    expect(html).toContain("does not stand in it any more as it was");
    expect(html).not.toContain('id="passage"');
    expect(html).toContain("Above 200");
  });

  it("shows a remembered answer, who stands for it and where it can be kept true", async () => {
    const said = answerOf({
      question: "A <refund>?",
      answer: "**Yes**, see https://example.com/r <img src=x>.",
      conversationId: "77",
    });
    const [id = ""] = await memory.rememberAnswers([said], signal());
    const html = await (await open(`/source?id=${encodeURIComponent(id)}`, asReader)).text();
    expect(html).toContain("<h1>A &lt;refund&gt;?</h1>");
    expect(html).toContain("<strong>Yes</strong>");
    expect(html).toContain("&lt;img src=x&gt;");
    expect(html).toContain('href="https://app.intercom.com/a/inbox/_/inbox/conversation/77"');
    expect(html).toContain(`href="/memory#${encodeURIComponent(id)}"`);
    expect(html).toContain("In use");
  });

  it("says what is not there, what is not asked for and what cannot be read", async () => {
    const gone = await open("/source?id=folder-handbook%2Fgone.md", asReader);
    expect([gone.status, await gone.text()]).toEqual([
      404,
      expect.stringContaining("not kept any more"),
    ]);
    for (const path of ["/source", "/source?id=", "/source?id=a&id=b"]) {
      expect((await open(path, asReader)).status).toBe(400);
    }
    isDown = true;
    const down = await open("/source?id=a", asReader);
    expect([down.status, await down.text()]).toEqual([503, expect.stringContaining("Try again")]);
  });

  it("is shut for strangers, and a login leads back to the passage", async () => {
    const path = sourcePath(await found("limits owner")) ?? "";
    const asked = path.slice(0, path.indexOf("#"));
    const shut = await open(path);
    const form = await shut.text();
    expect(shut.status).toBe(401);
    expect(form).not.toMatch(/Finance|handbook\/&lt;guide/);
    expect(form).toContain(
      `action="${asked.replace("/source?", "/source/login?").replaceAll("&", "&amp;")}"`,
    );
    const logIn = (token: string) =>
      fetch(`${base}${asked.replace("/source?", "/source/login?")}`, {
        method: "POST",
        body: new URLSearchParams({ token }),
        redirect: "manual",
      });
    expect((await logIn("wrong")).headers.get("location")).toBe(`${asked}#wrong-token`);
    const loggedIn = await logIn(tokens.reader);
    expect(loggedIn.headers.get("location")).toBe(path);
    const cookie = loggedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await open(path, { cookie })).status).toBe(200);
  });

  it("asks a browser once more that comes from another site, which sends no login along", async () => {
    const path = sourcePath(await found("limits owner")) ?? "";
    const from = async (site: string, address = path) =>
      (await open(address, { "sec-fetch-site": site })).headers.get("refresh");
    const again = path.replace("#", "&again=1#");
    expect(await from("cross-site")).toBe(`0; url=${again}`);
    expect(await from("cross-site", again)).toBeNull();
    expect(await from("same-origin")).toBeNull();
  });
});
