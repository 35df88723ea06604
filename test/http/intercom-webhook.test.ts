import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Hint } from "../../src/core/types.ts";
import { createAdminGuard } from "../../src/http/admin-guard.ts";
import { createApp } from "../../src/http/app.ts";
import { createDraining } from "../../src/http/draining.ts";
import { sign } from "../../src/lib/intercom-signature.ts";
import { nothingYet } from "../fixtures/readiness.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const secret = "webhook-secret";
const payloads = new URL("../../../shared/intercom/payloads/", import.meta.url);
const hints: Hint[] = [];
const signedWith: number[] = [];
const log = createRecordingLog();
const draining = createDraining(Date.now);
let failing: Error | null = null;
let server: Server;
let address: string;

const telling = express.Router().get("/:what", (_request, response) => void response.json({}));

beforeAll(async () => {
  const app = createApp({
    webhook: {
      secrets: [secret, "coming-secret"],
      onSigned: (which) => void signedWith.push(which),
      queue: {
        add(hint) {
          if (failing !== null) throw failing;
          hints.push(hint);
        },
      },
      asksForDraft: ({ note, tags }) =>
        note === "<p>/draft</p>" || (tags?.includes("draft") ?? false),
      isOtherWorkspace: (appId) => appId === "somebody-else",
      log,
    },
    readiness: () => nothingYet,
    draining,
    adminGuard: createAdminGuard("a-token-of-some-length"),
    adminRoutes: [
      { at: "/for-programs", door: "forPrograms", routes: telling },
      { at: "/for-readers", door: "forReaders", routes: telling },
    ],
    log,
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => void hints.splice(0));

async function post(body: string | Buffer, header?: string | null): Promise<Response> {
  const rawBody = Buffer.from(body);
  const signature = header === undefined ? sign(secret, rawBody) : header;
  return await fetch(`${address}/webhooks/intercom`, {
    method: "POST",
    headers: signature === null ? {} : { "X-Hub-Signature": signature },
    body: rawBody,
  });
}

const replied = (more: object = {}, item: object = {}) =>
  JSON.stringify({
    type: "notification_event",
    app_id: "ours",
    topic: "conversation.user.replied",
    data: {
      item: {
        type: "conversation",
        id: "42",
        contacts: { contacts: [{ id: "contact-1" }, { id: "contact-2" }] },
        conversation_parts: {
          conversation_parts: [{ id: "7", body: "<p>Hi</p>", author: { id: "contact-2" } }],
        },
        ...item,
      },
    },
    ...more,
  });

describe("POST /webhooks/intercom", () => {
  it("notes who wrote what in which conversation, and answers 200 without a body", async () => {
    const response = await post(replied());
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(hints).toEqual([
      {
        conversationId: "42",
        from: "webhook",
        partId: "7",
        contactId: "contact-2",
        text: "<p>Hi</p>",
      },
    ]);
  });

  it.each([
    ["whose id is empty", { id: "" }],
    ["without an id", { id: null }],
    ["that is missing", null],
  ])("takes nobody for the author of a message with an author %s", async (_case, author) => {
    const parts = { conversation_parts: [{ id: "7", body: "<p>Hi</p>", author }] };
    await post(replied({}, { conversation_parts: parts }));
    expect(hints[0]?.contactId).toBeNull();
  });

  it.each([
    ["a note with the word", "conversation.admin.noted", "<p>/draft</p>", {}, true],
    ["another note", "conversation.admin.noted", "<p>Hm.</p>", {}, false],
    ["a note with a tag of that name", "conversation.admin.noted", "<p>Hm.</p>", ["draft"], false],
    [
      "the tag on an old message",
      "conversation_part.tag.created",
      "<p>Hi</p>",
      ["vip", "draft"],
      true,
    ],
    ["another tag on the word", "conversation_part.tag.created", "<p>/draft</p>", ["vip"], false],
    ["a tag that is not said", "conversation_part.tag.created", "<p>/draft</p>", [], false],
  ])(
    "looks at a conversation for %s, where it asks for a draft: %#",
    async (_case, topic, body, tags, isAsked) => {
      const parts = { conversation_parts: [{ id: "7", body, author: { id: "9608799" } }] };
      const added = Array.isArray(tags)
        ? { tags_added: { tags: tags.map((name) => ({ name })) } }
        : {};
      const answer = await post(replied({ topic }, { conversation_parts: parts, ...added }));
      expect(answer.status).toBe(200);
      const hint = {
        conversationId: "42",
        from: "webhook",
        partId: null,
        contactId: null,
        text: "",
      };
      expect(hints).toEqual(isAsked ? [hint] : []);
    },
  );

  it("keeps at most 500 characters of the text", async () => {
    const parts = { conversation_parts: [{ id: "7", body: "x".repeat(10_000) }] };
    await post(replied({}, { conversation_parts: parts }));
    expect(hints[0]?.text).toHaveLength(500);
  });

  it("takes what either of two secrets signed, and says which one it was", async () => {
    signedWith.splice(0);
    const body = replied();
    const statuses = [
      await post(body, sign("coming-secret", Buffer.from(body))),
      await post(body, sign(secret, Buffer.from(body))),
      await post(body, sign(`${secret},coming-secret`, Buffer.from(body))),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 401]);
    expect(signedWith).toEqual([1, 0]);
  });

  it.each([
    ["a missing signature", () => null],
    ["a wrong one", () => sign("another-secret", Buffer.from(replied()))],
    ["a truncated one", () => sign(secret, Buffer.from(replied())).slice(0, -1)],
    ["another prefix", () => sign(secret, Buffer.from(replied())).replace("sha1=", "sha256=")],
    ["no prefix", () => sign(secret, Buffer.from(replied())).slice("sha1=".length)],
    ["an empty one", () => ""],
  ])("answers 401 to %s, and nothing else happens", async (_case, header) => {
    expect((await post(replied(), header())).status).toBe(401);
    expect(hints).toEqual([]);
  });

  it("checks the bytes as they came, not what they mean", async () => {
    const body = replied();
    const spaced = Buffer.from(body.replace('"topic":', '"topic": '));
    expect((await post(spaced, sign(secret, Buffer.from(body)))).status).toBe(401);
    expect((await post(spaced)).status).toBe(200);
  });

  it("answers HEAD with 200, with which Intercom validates the address", async () => {
    expect((await fetch(`${address}/webhooks/intercom`, { method: "HEAD" })).status).toBe(200);
  });

  it.each([
    ["ping with its null id", { topic: "ping", id: null, data: { item: { type: "ping" } } }],
    ["a topic that is not watched, whatever its shape", { topic: "company.created", data: 7 }],
    ["a deleted conversation without an id", { topic: "conversation.deleted", data: { item: {} } }],
  ])("answers 200 to %s and leaves one log line", async (_case, body) => {
    const before = log.lines.length;
    expect((await post(JSON.stringify(body))).status).toBe(200);
    expect(log.lines.length).toBe(before + 1);
    expect(hints).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    ["an array", "[]"],
    ["null", "null"],
    ["a number", "7"],
    ["no topic", "{}"],
    ["a topic that is no text", '{"topic":7}'],
    ["a watched topic without a conversation", '{"topic":"conversation.user.replied"}'],
    ["a watched topic with an empty id", replied({}, { id: "" })],
  ])("answers 400 to signed %s", async (_case, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.any(String) });
    expect(hints).toEqual([]);
  });

  it("takes bodies up to 1 MB and answers 413 beyond", async () => {
    const ofSize = (bytes: number) => {
      const filler = (length: number) => replied({ filler: "x".repeat(length) });
      return filler(bytes - Buffer.byteLength(filler(0)));
    };
    expect((await post(ofSize(1024 * 1024))).status).toBe(200);
    const refused = await post(ofSize(1024 * 1024 + 1));
    expect([refused.status, await refused.json()]).toEqual([
      413,
      { error: "The body is larger than 1 MB." },
    ]);
  });

  it("does not unpack compressed bodies", async () => {
    const body = Buffer.from(replied());
    const response = await fetch(`${address}/webhooks/intercom`, {
      method: "POST",
      headers: { "X-Hub-Signature": sign(secret, body), "Content-Encoding": "gzip" },
      body,
    });
    expect(response.status).toBe(415);
  });

  it("answers 500 and goes on when taking note of one fails", async () => {
    failing = new Error("out of order");
    expect((await post(replied())).status).toBe(500);
    failing = null;
    expect((await post(replied())).status).toBe(200);
  });

  it("knows both addresses, also with a query or a slash behind, and no other method", async () => {
    const body = replied();
    const headers = { "X-Hub-Signature": sign(secret, Buffer.from(body)) };
    const url = `${address}/webhooks/intercom`;
    const older = await fetch(`${address}/intercom/webhook`, { method: "POST", headers, body });
    expect(older.status).toBe(200);
    expect((await fetch(`${address}/intercom/webhook`, { method: "HEAD" })).status).toBe(200);
    for (const more of ["/", "?from=intercom", "/?from=intercom"]) {
      expect((await fetch(url + more, { method: "POST", headers, body })).status).toBe(200);
    }
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${url}s`, { method: "POST", headers, body })).status).toBe(404);
  });

  it("logs and leaves a notification about another workspace", async () => {
    expect((await post(replied({ app_id: "somebody-else" }))).status).toBe(200);
    expect(hints).toEqual([]);
    expect(log.lines.at(-1)?.event).toContain("another workspace");
  });

  it("takes __proto__ and deep nesting for what they are: data", async () => {
    const nested = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    const body = replied().replace(
      '"type":',
      `"__proto__":{"topic":"ping"},"deep":${nested},"type":`,
    );
    expect((await post(body)).status).toBe(200);
    expect(hints).toHaveLength(1);
  });

  it("takes all captured and synthetic bodies; from the old ones it understands the id", async (context) => {
    if (!existsSync(payloads)) {
      context.skip("../shared/intercom/payloads is not here");
      return;
    }
    for (const file of readdirSync(payloads)) {
      hints.splice(0);
      const body = readFileSync(new URL(file, payloads));
      expect((await post(body)).status, file).toBe(200);
      if (file.includes("conversation.user.")) {
        expect(hints, file).toMatchObject([
          {
            conversationId: expect.stringMatching(/^\d+$/),
            partId: expect.stringMatching(/^\d+$/),
          },
        ]);
      }
    }
  });
});

describe("the other addresses", () => {
  it("GET /livez and /readyz answer 200, and /readyz 503 as soon as a stop begins", async () => {
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    const seen = draining.begin();
    const stopping = await fetch(`${address}/readyz`);
    expect(stopping.status).toBe(503);
    expect(await stopping.json()).toEqual({ status: "stopping" });
    await seen;
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    expect((await post(replied())).status).toBe(200);
  });

  it("GET /health answers exactly that it is alive", async () => {
    const response = await fetch(`${address}/health`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"status":"ok"}');
  });

  it("admin addresses answer 401 with a sentence that names the variable", async () => {
    for (const headers of [{}, { Authorization: "Bearer wrong" }, { Authorization: "Basic x" }]) {
      for (const path of ["/for-programs", "/for-programs/all", "/for-readers/all"]) {
        const response = await fetch(`${address}${path}`, { headers });
        expect(response.status).toBe(401);
        expect(await response.json()).toEqual({ error: expect.stringContaining("ADMIN_TOKEN") });
      }
    }
    const headers = { Authorization: "Bearer a-token-of-some-length" };
    expect((await fetch(`${address}/for-programs`, { headers })).status).toBe(404);
    expect((await fetch(`${address}/for-programs/all`, { headers })).status).toBe(200);
    expect((await fetch(`${address}/for-readers/all`, { headers })).status).toBe(200);
  });

  it("answers in words where there is nothing", async () => {
    const response = await fetch(`${address}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "There is nothing at GET /nowhere." });
  });
});
