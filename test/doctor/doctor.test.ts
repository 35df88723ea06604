import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/adapters/sqlite/database.ts";
import { loadConfig } from "../../src/config.ts";
import type { Check } from "../../src/doctor/check.ts";
import { examine } from "../../src/doctor/examine.ts";
import { checkIntercom } from "../../src/doctor/intercom.ts";
import { reportText } from "../../src/doctor/report.ts";
import { checkThisMachine } from "../../src/doctor/this-machine.ts";
import { spawnScript } from "../e2e/service-process.ts";
import { type Scripted, startScriptedServer } from "./scripted-server.ts";

const folder = mkdtempSync(join(tmpdir(), "doctor-"));
const running: { stop(): void }[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serve(script: Record<string, Scripted>) {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

const intercom: Record<string, Scripted> = {
  "/me": { body: { id: "7", app: { id_code: "abc", name: "Example" } } },
  "/admins/1": { body: { id: "1", name: "Support", has_inbox_seat: true } },
  "/articles": { body: { total_count: 12 } },
};
const model: Record<string, Scripted> = { "/v1/models/gpt-4o": { body: { id: "gpt-4o" } } };
const slack: Record<string, Scripted> = {
  "/auth.test": {
    body: { ok: true, team: "Example" },
    headers: { "x-oauth-scopes": "chat:write,users:read,channels:read" },
  },
  "/conversations.info": { body: { ok: true, channel: { name: "reviews", is_member: true } } },
};
const mem0: Record<string, Scripted> = { "/search": { body: { results: [] } } };

type Wrong = Partial<Record<"intercom" | "model" | "slack" | "mem0", Record<string, Scripted>>>;

/** A whole installation in order, but for what a test makes wrong. */
async function examined(
  wrong: Wrong = {},
  settings: Record<string, string | undefined> = {},
): Promise<Check[]> {
  const servers = {
    intercom: await serve({ ...intercom, ...wrong.intercom }),
    model: await serve({ ...model, ...wrong.model }),
    slack: await serve({ ...slack, ...wrong.slack }),
    mem0: await serve({ ...mem0, ...wrong.mem0 }),
  };
  const checks = await examine({
    PORT: "0",
    HOST: "127.0.0.1",
    DATA_DIR: folder,
    INTERCOM_ACCESS_TOKEN: "token-canary",
    INTERCOM_ADMIN_ID: "1",
    INTERCOM_WEBHOOK_SECRET: "secret-canary",
    INTERCOM_API_BASE_URL: servers.intercom.url,
    OPENAI_API_KEY: "key-canary",
    OPENAI_BASE_URL: `${servers.model.url}/v1`,
    SLACK_API_URL: servers.slack.url,
    SLACK_BOT_TOKEN: "xoxb-canary",
    SLACK_SIGNING_SECRET: "0123456789abcdef0123456789abcdef",
    SLACK_CHANNEL_ID: "C0123456789",
    MEM0_API_KEY: "mem0-canary",
    MEM0_BASE_URL: servers.mem0.url,
    MEM0_KIND: "server",
    ...settings,
  });
  expect(JSON.stringify(checks)).not.toContain("canary");
  return checks;
}

const problemsIn = (checks: Check[]) =>
  checks
    .filter(({ status }) => status === "failed" || status === "warning")
    .map(({ name, status, setting }) => `${status} ${name} ${setting}`);

describe("the doctor", () => {
  it("finds nothing wrong with an installation in order", async () => {
    const checks = await examined();
    expect(problemsIn(checks)).toEqual([]);
    expect(new Set(checks.map(({ group }) => group))).toEqual(
      new Set(["settings", "machine", "intercom", "model", "mem0", "slack"]),
    );
    expect(reportText(checks, false)).toMatch(/All \d+ checks are in order/);
  });

  const late = new Date(Date.now() - 120_000).toUTCString();
  it.each<[string, string, Wrong, Record<string, string | undefined>?]>([
    [
      "an Intercom token",
      "failed intercom.token INTERCOM_ACCESS_TOKEN",
      { intercom: { "/me": { status: 401 } } },
    ],
    [
      "an API version",
      "failed intercom.answers INTERCOM_VERSION",
      { intercom: { "/me": { status: 406 } } },
    ],
    [
      "Intercom's disturbance",
      "failed intercom.answers null",
      { intercom: { "/me": { status: 503 } } },
    ],
    [
      "a cut connection",
      "failed intercom.reachable INTERCOM_API_BASE_URL",
      { intercom: { "/me": { drops: true } } },
    ],
    [
      "an address that is not Intercom's",
      "failed intercom.workspace INTERCOM_API_BASE_URL",
      { intercom: { "/me": { body: { hello: "world" } } } },
    ],
    [
      "an admin that is nobody",
      "failed intercom.admin INTERCOM_ADMIN_ID",
      { intercom: { "/admins/1": { status: 404 } } },
    ],
    [
      "an admin who cannot be read",
      "warning intercom.admin null",
      { intercom: { "/admins/1": { status: 403 } } },
    ],
    [
      "an admin without a seat",
      "failed intercom.seat INTERCOM_ADMIN_ID",
      { intercom: { "/admins/1": { body: { has_inbox_seat: false } } } },
    ],
    [
      "the token's owner as admin",
      "warning intercom.own-seat INTERCOM_ADMIN_ID",
      { intercom: { "/me": { body: { id: "1", app: { id_code: "abc" } } } } },
    ],
    [
      "articles that may not be read",
      "warning intercom.articles INTERCOM_ACCESS_TOKEN",
      { intercom: { "/articles": { status: 403 } } },
    ],
    [
      "an empty help center",
      "warning intercom.articles null",
      { intercom: { "/articles": { body: { total_count: 0 } } } },
    ],
    [
      "a used-up allowance",
      "warning intercom.allowance null",
      {
        intercom: {
          "/me": {
            ...intercom["/me"],
            headers: { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "3" },
          },
        },
      },
    ],
    [
      "a clock",
      "failed intercom.clock null",
      { intercom: { "/me": { ...intercom["/me"], headers: { date: late } } } },
    ],
    [
      "a webhook secret that is the token",
      "failed intercom.webhook-secret INTERCOM_WEBHOOK_SECRET",
      {},
      { INTERCOM_WEBHOOK_SECRET: "token-canary" },
    ],
    [
      "a second webhook secret that is the token",
      "failed intercom.webhook-secret INTERCOM_WEBHOOK_SECRET",
      {},
      { INTERCOM_WEBHOOK_SECRET: "secret,token-canary" },
    ],
    [
      "a model key",
      "failed model.server OPENAI_API_KEY",
      { model: { "/v1/models/gpt-4o": { status: 401 } } },
    ],
    [
      "a model's name",
      "failed model.server OPENAI_MODEL",
      {
        model: {
          "/v1/models/gpt-4o": { status: 404, body: { error: { code: "model_not_found" } } },
        },
      },
    ],
    [
      "a model's server",
      "failed model.server OPENAI_BASE_URL",
      { model: { "/v1/models/gpt-4o": { status: 500 } } },
    ],
    ["a Mem0 key", "failed mem0.key MEM0_API_KEY", { mem0: { "/search": { status: 401 } } }],
    [
      "a Mem0 of the other kind",
      "failed mem0.kind MEM0_KIND",
      { mem0: { "/search": { status: 404 } } },
    ],
    [
      "a Slack token",
      "failed slack.token SLACK_BOT_TOKEN",
      { slack: { "/auth.test": { body: { ok: false, error: "invalid_auth" } } } },
    ],
    [
      "a Slack token of another kind",
      "failed settings.SLACK_BOT_TOKEN SLACK_BOT_TOKEN",
      {},
      { SLACK_BOT_TOKEN: "xoxp-canary" },
    ],
    [
      "an app token of another kind",
      "failed settings.SLACK_APP_TOKEN SLACK_APP_TOKEN",
      {},
      { SLACK_APP_TOKEN: "xoxb-canary" },
    ],
    [
      "a signing secret's form",
      "warning slack.signing-secret SLACK_SIGNING_SECRET",
      {},
      { SLACK_SIGNING_SECRET: "canary" },
    ],
    [
      "a missing right in Slack",
      "failed slack.scopes SLACK_BOT_TOKEN",
      {
        slack: {
          "/auth.test": { body: { ok: true }, headers: { "x-oauth-scopes": "users:read" } },
        },
      },
    ],
    [
      "a channel that is not there",
      "failed slack.channel SLACK_CHANNEL_ID",
      { slack: { "/conversations.info": { body: { ok: false, error: "channel_not_found" } } } },
    ],
    [
      "a channel without the app",
      "failed slack.channel SLACK_CHANNEL_ID",
      { slack: { "/conversations.info": { body: { ok: true, channel: { is_member: false } } } } },
    ],
    [
      "an archived channel",
      "failed slack.channel SLACK_CHANNEL_ID",
      { slack: { "/conversations.info": { body: { ok: true, channel: { is_archived: true } } } } },
    ],
    [
      "Slack's address",
      "failed slack.reachable SLACK_API_URL",
      { slack: { "/auth.test": { drops: true } } },
    ],
    [
      "a missing setting",
      "failed settings.OPENAI_API_KEY OPENAI_API_KEY",
      {},
      { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined },
    ],
    ["a setting's form", "failed settings.PORT PORT", {}, { PORT: "http" }],
    [
      "a folder that is a file",
      "failed machine.data-folder DATA_DIR",
      {},
      { DATA_DIR: import.meta.filename },
    ],
    [
      "a folder that cannot be written",
      "failed machine.data-folder DATA_DIR",
      {},
      { DATA_DIR: "/proc/1/fdinfo/below" },
    ],
  ])("names %s that is wrong", async (_case, expected, wrong, settings) => {
    const checks = await examined(wrong, settings);
    expect(problemsIn(checks)).toEqual([expected]);
    const problem = checks.find(({ status }) => status === "failed" || status === "warning");
    expect(problem?.hint).toMatch(/\w{3,}.*\.$/);
    if (problem?.setting !== null) expect(problem?.page).not.toBeNull();
    expect(reportText(checks, false)).toContain(problem?.hint);
  });

  it("names the region in which a token is accepted", async () => {
    const here = await serve({ "/me": { status: 401 } });
    const there = await serve(intercom);
    const config = loadConfig({
      INTERCOM_ACCESS_TOKEN: "token",
      INTERCOM_WEBHOOK_SECRET: "secret",
      INTERCOM_ADMIN_ID: "1",
      OPENAI_API_KEY: "key",
      INTERCOM_API_BASE_URL: here.url,
    }).intercom;
    if (config === null) throw new Error("no settings for Intercom");
    const checks = await checkIntercom(config, { us: here.url, eu: there.url });
    expect(problemsIn(checks)).toEqual(["failed intercom.region INTERCOM_REGION"]);
    expect(checks.find(({ status }) => status === "failed")?.hint).toBe("Set INTERCOM_REGION=eu.");
  });

  it("takes a token that is used at another address nowhere else", async () => {
    const checks = await examined({ intercom: { "/me": { status: 401 } } });
    expect(checks.find(({ name }) => name === "intercom.token")?.detail).toBe(
      "the token is not accepted (401)",
    );
  });

  it("says of two webhook secrets that both are good and where to see which is in use", async () => {
    const checks = await examined({}, { INTERCOM_WEBHOOK_SECRET: "old,new" });
    expect(problemsIn(checks)).toEqual([]);
    expect(checks.find(({ name }) => name === "intercom.webhook-secret")?.detail).toMatch(
      /^two are set.*\/ready says/,
    );
  });

  it("says of a port in use that this may be the service itself", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const checks = await examined({}, { PORT: String(port) });
    taken.close();
    expect(problemsIn(checks)).toEqual(["warning machine.port PORT"]);
  });

  it("says of a Node that is too old which one is needed", async () => {
    const config = loadConfig({ MOCK_MODE: "true", PORT: "0", DATA_DIR: folder });
    const checks = await checkThisMachine(config, "24.2.0");
    expect(problemsIn(checks)).toEqual(["failed machine.node null"]);
  });

  it("tells a whole database from a damaged one, and changes neither", async () => {
    const whole = join(folder, "whole");
    openDatabase(whole).close();
    expect(problemsIn(await examined({}, { DATA_DIR: whole }))).toEqual([]);
    const damaged = join(folder, "damaged");
    mkdirSync(damaged);
    writeFileSync(join(damaged, "memory.sqlite"), "no database ".repeat(500));
    expect(problemsIn(await examined({}, { DATA_DIR: damaged }))).toEqual([
      "failed machine.database DATA_DIR",
    ]);
  });

  it("writes nothing to any service and makes no folder", async () => {
    const server = await serve(intercom);
    const missing = join(folder, "not-made");
    await examined({}, { INTERCOM_API_BASE_URL: server.url, DATA_DIR: missing });
    expect(server.seen.every((call) => call.startsWith("GET "))).toBe(true);
    expect(() => mkdirSync(missing)).not.toThrow();
  });

  it("as a command ends with 1 where something is wrong, and its JSON has stable names", async () => {
    const child = spawnScript("src/doctor.ts", { DATA_DIR: folder }, ["--json"]);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
    const { ok, checks } = JSON.parse(output);
    expect(ok).toBe(false);
    expect(Object.keys(checks[0])).toEqual([
      "name",
      "group",
      "status",
      "detail",
      "hint",
      "setting",
      "page",
    ]);
  });

  it("as a command ends with 0 where nothing is wrong, and with 2 on words it does not know", async () => {
    const run = async (words: string[]) => {
      const child = spawnScript(
        "src/doctor.ts",
        { MOCK_MODE: "true", PORT: "0", DATA_DIR: folder },
        words,
      );
      const [code] = await once(child, "exit");
      return code;
    };
    expect(await run([])).toBe(0);
    expect(await run(["--fix"])).toBe(2);
  });
});
