import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { createAdminGuard } from "../../src/http/admin-guard.ts";
import { createApp } from "../../src/http/app.ts";
import { createDraining } from "../../src/http/draining.ts";
import { createMemoryRoutes } from "../../src/http/memory/routes.ts";
import { createMetricsRoutes } from "../../src/http/metrics-routes.ts";
import { createAccess } from "../../src/http/pages/access.ts";
import { createSourceRoutes } from "../../src/http/source/routes.ts";
import { createSyncRoutes } from "../../src/http/sync-routes.ts";
import { createWhyRoutes } from "../../src/http/why-routes.ts";
import { nothingYet } from "../fixtures/readiness.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const adminToken = "a-token-of-some-length";
const secret = "webhook-secret";
const log = createRecordingLog();
const memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
let work = 0;
let server: Server;

beforeAll(async () => {
  const counted = () => {
    work++;
    return null;
  };
  const access = createAccess({
    isOpen: false,
    isLocalOnly: false,
    adminToken,
    readerToken: null,
    clock: Date.now,
  });
  const app = createApp({
    webhook: {
      secrets: [secret],
      queue: { add: () => void work++ },
      isOtherWorkspace: () => false,
      onSigned: () => void work++,
      log,
    },
    readiness: () => nothingYet,
    draining: createDraining(Date.now),
    adminGuard: createAdminGuard(adminToken),
    adminRoutes: [
      createSyncRoutes(
        {
          start: () => {
            throw new Error("begun without a token");
          },
          report: counted,
          stop: () => counted() !== null,
        },
        {
          states: () => [],
          refresh: () => {
            throw new Error("read without a token");
          },
        },
      ),
      createMetricsRoutes(async () => {
        work++;
        return { contentType: "text/plain", text: "" };
      }),
      createWhyRoutes(async () => {
        throw new Error("explained without a token");
      }, log),
    ],
    pages: [
      createMemoryRoutes({
        memory,
        helpCenter: { search: async () => [] },
        access,
        articles: { list: counted as never, holdings: counted as never },
        articleDrafts: null,
        contradictions: async () => ({ contradictions: [], articles: 0 }),
        articleChanges: async () => [],
        conversationUrl: () => null,
        clock: Date.now,
        forgetContact: () => {
          throw new Error("forgotten without a token");
        },
        log,
      }),
      createSourceRoutes({
        access,
        read: async () => {
          throw new Error("read without a token");
        },
        conversationUrl: () => null,
        log,
      }),
    ],
    log,
  });
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  memory.close();
});

/** Sends the path as it is written, which `fetch` would put in order first. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: Buffer = Buffer.alloc(0),
): Promise<{ status: number; text: string }> {
  const { port } = server.address() as AddressInfo;
  const call = request({
    host: "127.0.0.1",
    port,
    method,
    path,
    headers: { "content-length": body.length, ...headers },
    agent: false,
  });
  call.end(body);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

/** Refused, or nothing is there; never done, and never our own failure. */
const isShut = (status: number) => status >= 400 && status < 500;

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "PROPFIND"];
const spellings = [
  ...["/sync", "/SYNC", "/sync/", "/sync?token=x", "/sync/../sync", "/./sync", "//sync", "/sync;x"],
  ...["/feedback", "/FEEDBACK", "/feedback/", "/feedback?format=csv", "//feedback"],
  ...[
    "/%73ync",
    "/sync%2f",
    "/sync%00",
    "/sync%20",
    "/health/../sync",
    "/webhooks/intercom/../../sync",
  ],
  ...["/memory", "/Memory", "/memory/", "/memory?q=a", "//memory", "/%6demory", "/memory%2f1"],
  ...[
    "/memory/1",
    "/memory/..%2f..%2fetc%2fpasswd",
    "/memory/%00",
    "/memory/__proto__",
    "/memory/%zz",
  ],
  ...["/source?id=1", "/Source?id=1", "//source?id=1", "/source/?id=1", "/source/page/../?id=1"],
  ...["/metrics", "/METRICS", "/metrics/", "/why/1", "/Why/1", "//why/1", "/why/..%2f1"],
];
const authorizations: (string | undefined)[] = [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Bearer null",
  "Bearer undefined",
  `Basic ${Buffer.from(`admin:${adminToken}x`).toString("base64")}`,
  `Basic ${Buffer.from(`${adminToken}:`).toString("base64")}`,
  `Basic ${Buffer.from(adminToken).toString("base64")}x`,
  `Basic ${adminToken}`,
  adminToken,
  `Bearer  ${adminToken}`,
  `bearer ${adminToken}`,
  `Bearer ${adminToken}x`,
  `Bearer ${adminToken.slice(0, -1)}`,
  `Bearer ${adminToken.toUpperCase()}`,
  `Bearer x, Bearer ${adminToken}`,
];

describe("without the right token", () => {
  it.each(spellings)("nothing opens %s, by whatever method and authorization", async (path) => {
    const before = work;
    for (const method of methods) {
      for (const authorization of authorizations) {
        const headers = authorization === undefined ? {} : { authorization };
        const { status } = await send(method, path, headers);
        expect(isShut(status), `${method} ${path} ${authorization} → ${status}`).toBe(true);
      }
    }
    expect(work).toBe(before);
  });

  it("a browser's password opens nothing but what is only read", async () => {
    const authorization = `Basic ${Buffer.from(`:${adminToken}`).toString("base64")}`;
    const before = work;
    for (const path of spellings) {
      for (const method of methods) {
        const isReading = /why/i.test(path) && (method === "GET" || method === "HEAD");
        if (isReading) continue;
        const { status } = await send(method, path, { authorization });
        expect(isShut(status), `${method} ${path} → ${status}`).toBe(true);
      }
    }
    expect(work).toBe(before);
  });

  it("headers that claim to be somebody else open nothing", async () => {
    for (const headers of [
      { "x-forwarded-for": "127.0.0.1" },
      { "x-real-ip": "127.0.0.1" },
      { "x-original-url": "/health" },
      { "x-rewrite-url": "/health" },
      { "x-http-method-override": "GET" },
      { "x-forwarded-host": "localhost" },
      { cookie: `token=${adminToken}` },
    ] as Record<string, string>[]) {
      expect((await send("GET", "/memory", headers)).status).toBe(401);
      expect((await send("POST", "/sync", headers)).status).toBe(401);
    }
  });
});

describe("without the right signature", () => {
  const body = Buffer.from(
    JSON.stringify({ topic: "conversation.user.created", data: { item: { id: "1" } } }),
  );
  const right = createHmac("sha1", secret).update(body).digest("hex");
  const forms: [string, string | undefined][] = [
    ["none", undefined],
    ["an empty one", ""],
    ["the prefix alone", "sha1="],
    ["one without a prefix", right],
    ["one in capital letters", `SHA1=${right.toUpperCase()}`],
    ["one under another name", `sha256=${right}`],
    ["SHA-256", `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`],
    ["a hash without the secret", `sha1=${createHash("sha1").update(body).digest("hex")}`],
    ["base64", `sha1=${Buffer.from(right, "hex").toString("base64")}`],
    ["one that is too long", `sha1=${right}00`],
    ["one that is too short", `sha1=${right.slice(0, -2)}`],
    ["two, one of them right", `sha1=${"0".repeat(40)},sha1=${right}`],
    ["one of an empty secret", `sha1=${createHmac("sha1", "").update(body).digest("hex")}`],
    ["one of another body", `sha1=${createHmac("sha1", secret).update("{}").digest("hex")}`],
    ["a very long one", `sha1=${"a".repeat(8_000)}`],
  ];

  it.each(forms)("(%s) a notification starts no work", async (_form, signature) => {
    const before = work;
    for (const path of ["/webhooks/intercom", "/intercom/webhook"]) {
      const headers = signature === undefined ? {} : { "x-hub-signature": signature };
      expect((await send("POST", path, headers, body)).status).toBe(401);
    }
    expect(work).toBe(before);
  });

  it("neither do bodies that are compressed, too large or deep", async () => {
    const before = work;
    const deep = Buffer.from(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    const packed = gzipSync(Buffer.alloc(10_000_000));
    for (const encoding of ["gzip", "br", "deflate", "identity, gzip"]) {
      const headers = { "content-encoding": encoding };
      expect((await send("POST", "/webhooks/intercom", headers, packed)).status).toBe(415);
    }
    const large = Buffer.alloc(1024 * 1024 + 1, "x");
    expect((await send("POST", "/webhooks/intercom", {}, large)).status).toBe(413);
    expect((await send("POST", "/webhooks/intercom", {}, deep)).status).toBe(401);
    expect(work).toBe(before);
  });
});

it("leaves everything open that was open, after all of this", async () => {
  expect((await send("GET", "/livez")).status).toBe(200);
  const headers = { authorization: `Bearer ${adminToken}` };
  expect((await send("GET", "/memory", headers)).status).toBe(200);
});
