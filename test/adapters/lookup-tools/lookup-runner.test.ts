import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createLookupRunner,
  missingSecrets,
} from "../../../src/adapters/lookup-tools/lookup-runner.ts";
import type { LookupOrigin, LookupTool } from "../../../src/core/lookup-tools.ts";
import { createRedact } from "../../../src/lib/redact.ts";
import { startMcpStandIn } from "../../stand-ins/mcp.ts";

let server: Server;
let origin: string;
let mcp: Awaited<ReturnType<typeof startMcpStandIn>>;
let asked: { url: string; token: string | undefined }[] = [];
let now = 1_000_000;

const order = {
  status: "shipped",
  carrier: { name: "DHL", phone: "+49 1" },
  items: [{ sku: "A1" }, { sku: "B2" }],
  card: "4111 1111 1111 1111",
  note: null,
};

beforeAll(async () => {
  mcp = await startMcpStandIn();
  server = createServer(({ url = "", headers }, response) => {
    asked.push({ url, token: headers.authorization });
    if (url.startsWith("/moved")) response.writeHead(302, { location: "/orders/1" }).end();
    else if (url.startsWith("/gone")) response.writeHead(404).end("{}");
    else if (url.startsWith("/slow")) response.writeHead(200).write("{");
    else if (url.startsWith("/large")) response.end("x".repeat(1024 * 1024 + 1));
    else if (url.startsWith("/words")) response.end("All systems go");
    else response.end(JSON.stringify(order));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await mcp.stop();
});
beforeEach(() => {
  asked = [];
});

function tool(from: Partial<LookupOrigin>, more: Partial<LookupTool> = {}): LookupTool {
  return {
    name: "order_status",
    about: "where an order is",
    asks: [],
    customer: {},
    isForEverybody: true,
    mayLink: false,
    from: { kind: "http", url: `${origin}/orders/{order}`, headers: {}, ...from } as LookupOrigin,
    show: null,
    timeoutMs: 5_000,
    keptMs: 0,
    ...more,
  };
}

const create = (secrets: Record<string, string> = {}) =>
  createLookupRunner({ secrets, redact: createRedact(), clock: () => now });
const run = (one: LookupTool, values: Record<string, string> = {}, runner = create()) =>
  runner.run(one, values, new AbortController().signal);

describe("a look-up over HTTP", () => {
  it("puts values into one part of the address each, whatever stands in them", async () => {
    const url = `${origin}/orders/{order}?by={email}`;
    await run(tool({ url }), { order: "1/../../admin?x=#y", email: "a&b@example.com" });
    expect(asked.map((one) => one.url)).toEqual([
      "/orders/1%2F..%2F..%2Fadmin%3Fx%3D%23y?by=a%26b%40example.com",
    ]);
  });

  it("asks no other address by a value of dots", async () => {
    expect(await run(tool({}), { order: ".." })).toEqual({
      problem: "a value is no part of an address",
    });
    expect(asked).toEqual([]);
  });

  it("hands on the fields that are to be shown, and no others", async () => {
    const show = ["status", "carrier.name", "items.1.sku", "toString", "unknown.deeper"];
    expect(await run(tool({}, { show }), { order: "1" })).toEqual({
      text: "status: shipped\ncarrier.name: DHL\nitems.1.sku: B2",
    });
  });

  it("hands on all of it where none are named, secrets masked", async () => {
    const { text = "" } = (await run(tool({}), { order: "1" })) as { text?: string };
    expect(text).toContain("carrier.phone: +49 1");
    expect(text).not.toContain("4111 1111 1111 1111");
  });

  it("sends the secrets that its headers name, and nothing where one is missing", async () => {
    const headers = { Authorization: ["Bearer ", "{LOOKUP_SHOP}"].join("$") };
    await run(tool({ headers }), { order: "1" }, create({ LOOKUP_SHOP: "s3cret" }));
    expect(asked[0]?.token).toBe("Bearer s3cret");
    expect(await run(tool({ headers }), { order: "1" })).toEqual({
      problem: "LOOKUP_SHOP is not set in the environment",
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["answers with an error", "/gone", "it answered 404"],
    ["leads elsewhere", "/moved", "it answered 302"],
    ["answers far too much", "/large", "it was not reached"],
    ["takes too long", "/slow", "no answer in 0.2 s"],
  ])("tells nothing where the server %s", async (_what, path, problem) => {
    const timeoutMs = path === "/slow" ? 200 : 5_000;
    expect(await run(tool({ url: `${origin}${path}` }, { timeoutMs }))).toEqual({ problem });
  });

  it("takes plain words, unless fields are named", async () => {
    const url = `${origin}/words`;
    expect(await run(tool({ url }))).toEqual({ text: "All systems go" });
    expect(await run(tool({ url }, { show: ["status"] }))).toEqual({
      problem: "it answered with none of the fields to show",
    });
  });

  it("uses an answer again for as long as was declared, for the same values alone", async () => {
    const kept = tool({}, { keptMs: 1_000 });
    const runner = create();
    for (const value of ["1", "1", "2"]) await run(kept, { order: value }, runner);
    expect(asked).toHaveLength(2);
    now += 1_001;
    await run(kept, { order: "1" }, runner);
    expect(asked).toHaveLength(3);
  });
});

describe("a look-up by an MCP server", () => {
  const balance = (headers: Record<string, string> = {}): LookupTool =>
    tool(
      { kind: "mcp", url: mcp.url, tool: "get_balance", headers },
      { show: ["amount", "currency"] },
    );

  it("calls the tool with the values and the headers", async () => {
    mcp.calls.length = 0;
    const headers = { Authorization: "Bearer t" };
    expect(await run(balance(headers), { email: "ada@example.com" })).toEqual({
      text: "amount: 12.5\ncurrency: EUR",
    });
    expect(mcp.calls).toEqual([{ email: "ada@example.com", authorization: "Bearer t" }]);
  });

  it("tells nothing where the tool fails, or there is no server", async () => {
    expect(await run(balance(), { email: "broken@example.com" })).toEqual({
      problem: "the tool says that it failed",
    });
    const nowhere = tool({ kind: "mcp", url: "http://127.0.0.1:9/mcp", tool: "x" });
    expect(await run(nowhere)).toEqual({ problem: "the MCP server gave no answer" });
  });
});

it("names the secrets that look-ups need and nobody has set", () => {
  const headers = { "X-Key": ["", "{LOOKUP_A} ", "{LOOKUP_B}"].join("$") };
  expect(missingSecrets([tool({ headers })], { LOOKUP_A: "a", LOOKUP_B: "" })).toEqual([
    { name: "order_status", setting: "LOOKUP_B" },
  ]);
});
