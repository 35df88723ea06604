import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Mem0StandIn, startMem0StandIn } from "../../stand-ins/mem0.ts";

const moduleUrl = (path: string) => new URL(`../../../src/${path}`, import.meta.url).href;

/**
 * Uses the memory in a process of its own, in which fetch reaches no host but the stand-in's, and
 * prints the hosts that were asked for, also past fetch.
 */
const script = `
  const [memoryModule, configModule, baseUrl, apiKey] = process.argv.slice(1);
  const { subscribe } = await import("node:diagnostics_channel");
  const hosts = new Set();
  subscribe("undici:client:beforeConnect", ({ connectParams }) => hosts.add(connectParams.host));
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (url, options) => {
    hosts.add(new URL(url).host);
    if (!String(url).startsWith(baseUrl)) throw new Error("this test lets nothing leave");
    return realFetch(url, options);
  };
  if (configModule !== "") await import(configModule);
  const { createMem0Memory } = await import(memoryModule);
  const memory = createMem0Memory({
    kind: "platform", apiKey, baseUrl: baseUrl + "/", namespace: "test", timeoutMs: 2000,
  });
  const signal = new AbortController().signal;
  await memory.rememberTurns([{ conversationId: "1", contactId: "c", partId: "1",
    speaker: "customer", text: "hello", at: 1 }], signal);
  await memory.recallConversations("hello", { contactId: "c", inConversation: "now" }, 5, signal);
  await memory.forgetConversation("1", null, signal);
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write(JSON.stringify([...hosts]));
`;

describe("Mem0's telemetry", () => {
  let standIn: Mem0StandIn;
  beforeEach(async () => {
    standIn = await startMem0StandIn("platform");
  });
  afterEach(() => standIn.close());

  const hostsAskedFor = async (configModule: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        script,
        moduleUrl("adapters/mem0/mem0-memory.ts"),
        configModule,
        standIn.url,
        standIn.apiKey,
      ],
      { env: { HOME: "/nonexistent", MEM0_DIR: "/nonexistent/mem0" } },
    );
    return JSON.parse(stdout);
  };

  it("is off in the service: no request leaves to any other host", async () => {
    expect(await hostsAskedFor(moduleUrl("config.ts"))).toEqual([new URL(standIn.url).host]);
  });

  it("would be sent without the switch in the configuration", async () => {
    expect(await hostsAskedFor("")).toContain("us.i.posthog.com");
  });

  it("is all that the package pings for: the first request is the first call", async () => {
    await hostsAskedFor(moduleUrl("config.ts"));
    expect(standIn.requests.map(({ path }) => path.replace(/[0-9a-f-]{36}/, "{id}"))).toEqual([
      "/v3/memories/?page=1&page_size=200",
      "/v3/memories/add/",
      "/v3/memories/search/",
      "/v3/memories/?page=1&page_size=200",
      "/v1/memories/{id}/",
    ]);
  });
});
