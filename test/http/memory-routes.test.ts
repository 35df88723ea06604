import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory, StoredAnswer } from "../../src/core/knowledge/answer-memory.ts";
import {
  type ForgottenContact,
  forgetContact as forgetContactIn,
} from "../../src/core/knowledge/forget-contact.ts";
import { createErrorHandler } from "../../src/http/error-handler.ts";
import { createMemoryRoutes } from "../../src/http/memory-routes.ts";
import { UpstreamError } from "../../src/lib/errors.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

/** All that any of the answers may hold. */
type Answered = { id: string; error: string; answers: StoredAnswer[] };
const jsonOf = async (response: Response) => (await response.json()) as Answered;

describe("memory routes", () => {
  const log = createRecordingLog();
  let forgetContact: (contactId: string) => Promise<ForgottenContact>;
  let memory: AnswerMemory;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
    log.lines.length = 0;
    const ports = { memory, contacts: null, cards: null, clock: Date.now, log };
    forgetContact = (contactId) => forgetContactIn(contactId, ports);
    const app = express()
      .use(createMemoryRoutes({ memory, forgetContact: (id) => forgetContact(id), log }))
      .use(createErrorHandler(log));
    server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/memory`;
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    memory.close();
  });

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
    await memory.rememberTurns(turns, AbortSignal.timeout(5_000));
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
      forgetContact = () => {
        throw new Error("forgotten");
      };
      const refused = await fetch(`${url}${query}`, { method: "DELETE" });
      expect(refused.status).toBe(400);
      expect((await jsonOf(refused)).error).toMatch(/DELETE \/memory\?contact=ID/);
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
    memory.findAnswers = async () => {
      throw new UpstreamError("mem0", "POST /v3/memories/search/", "500");
    };
    const response = await fetch(`${url}?q=x`);
    expect(response.status).toBe(503);
    expect((await jsonOf(response)).error).toContain("Try again later");
  });

  it("leaves questions and answers out of the log", async () => {
    const { id } = await jsonOf(await post({ question: "My secret?", answer: "My answer" }));
    await fetch(`${url}/${id}`, { method: "DELETE" });
    expect(log.lines.map(({ event }) => event)).toEqual([
      "answer remembered by an operator",
      "answer forgotten by an operator",
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/secret|My answer/);
  });
});
