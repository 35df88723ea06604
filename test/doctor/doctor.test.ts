import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/adapters/sqlite/database.ts";
import { loadConfig } from "../../src/config.ts";
import { type KnowledgeSource, placeIn, plainSource } from "../../src/core/knowledge-source.ts";
import type { Check } from "../../src/doctor/check.ts";
import { examine } from "../../src/doctor/examine.ts";
import { checkIntercom } from "../../src/doctor/intercom.ts";
import { checkKnowledge } from "../../src/doctor/knowledge.ts";
import { reportText } from "../../src/doctor/report.ts";
import { checkThisMachine } from "../../src/doctor/this-machine.ts";
import { spawnScript } from "../e2e/service-process.ts";
import { hasPostgres, startPostgres } from "../stand-ins/postgres-server.ts";
import { hasRedis, startRedis } from "../stand-ins/redis-server.ts";
import { htmlPage, startSite } from "../stand-ins/site.ts";
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
  "/conversations": { body: { conversations: [] } },
};
const answer = {
  language: "en",
  intent: "question",
  reasoning: "The article says it.",
  used_sources: [1],
  reply: "Open **Settings**, choose **Security** and press **Reset password**.",
  needs_human: false,
  confidence: 0.9,
};
const completionOf = (content: string): Scripted => ({
  body: {
    choices: [{ finish_reason: "stop", message: { content } }],
    usage: { prompt_tokens: 1200, completion_tokens: 80 },
  },
});
const model: Record<string, Scripted> = {
  "/v1/models/gpt-4o": { body: { id: "gpt-4o" } },
  "/v1/chat/completions": completionOf(JSON.stringify(answer)),
  "/v1/audio/transcriptions": { body: { text: "" } },
  "/v1/embeddings": { body: { data: [{ index: 0, embedding: [0.1, 0.2] }] } },
};
const slack: Record<string, Scripted> = {
  "/auth.test": {
    body: { ok: true, team: "Example" },
    headers: { "x-oauth-scopes": "chat:write,reactions:write,users:read,channels:read" },
  },
  "/conversations.info": { body: { ok: true, channel: { name: "reviews", is_member: true } } },
  "/users.info": { body: { ok: true, user: { id: "U0123ABCD" } } },
  "/apps.connections.open": { body: { ok: true, url: "wss://example.com" } },
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
      new Set(["settings", "files", "machine", "intercom", "model", "mem0", "slack"]),
    );
    expect(reportText(checks, false)).toMatch(/All \d+ checks are in order/);
  });

  const late = new Date(Date.now() - 120_000).toUTCString();
  const slackHeaders = { ...slack["/auth.test"]?.headers, date: late };
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
      "a clock that Slack would not take",
      "failed slack.clock null",
      { slack: { "/auth.test": { ...slack["/auth.test"], headers: slackHeaders } } },
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
      "a missing right to tell guests from members",
      "failed slack.scopes SLACK_BOT_TOKEN",
      {
        slack: {
          "/auth.test": {
            body: { ok: true },
            headers: { "x-oauth-scopes": "chat:write,reactions:write" },
          },
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
      "an app that may not read conversations",
      "failed intercom.conversations INTERCOM_ACCESS_TOKEN",
      { intercom: { "/conversations": { status: 403 } } },
    ],
    [
      "a model that answers in no form",
      "failed model.draft OPENAI_MODEL",
      { model: { "/v1/chat/completions": completionOf("I would rather not say.") } },
    ],
    [
      "a proxy's page in the model's place",
      "failed model.draft OPENAI_BASE_URL",
      { model: { "/v1/chat/completions": { body: { hello: "world" } } } },
    ],
    [
      "a limit that cuts answers off",
      "failed model.draft MAX_REPLY_TOKENS",
      {
        model: {
          "/v1/chat/completions": {
            body: { choices: [{ finish_reason: "length", message: { content: "{" } }] },
          },
        },
      },
      { MAX_REPLY_TOKENS: "16" },
    ],
    [
      "a model of embeddings",
      "warning model.embeddings EMBEDDING_MODEL",
      { model: { "/v1/embeddings": { status: 404 } } },
      { EMBEDDING_MODEL: "nomic-embed-text" },
    ],
    [
      "a model that takes no recordings",
      "warning model.transcription TRANSCRIPTION_MODEL",
      { model: { "/v1/audio/transcriptions": { status: 404 } } },
      { TRANSCRIPTION_MODEL: "whisper-1" },
    ],
    [
      "an app token that is refused",
      "failed slack.socket-mode SLACK_APP_TOKEN",
      { slack: { "/apps.connections.open": { body: { ok: false, error: "invalid_auth" } } } },
      { SLACK_APP_TOKEN: "xapp-canary" },
    ],
    [
      "a reviewer who is nobody",
      "failed slack.reviewers SLACK_REVIEWERS",
      { slack: { "/users.info": { body: { ok: false, error: "user_not_found" } } } },
      { SLACK_REVIEWERS: "U0123ABCD" },
    ],
    [
      "a reviewer who has left",
      "failed slack.reviewers SLACK_REVIEWERS",
      { slack: { "/users.info": { body: { ok: true, user: { deleted: true } } } } },
      { SLACK_REVIEWERS: "U0123ABCD" },
    ],
    [
      "a policy file that is not there",
      "failed files.policy POLICY_FILE",
      {},
      { POLICY_FILE: "/nowhere/policy.yaml" },
    ],
    [
      "a model for checks that the server does not have",
      "warning model.checks CHECK_MODEL",
      {
        model: {
          "/v1/models/gpt-0-nothing": { status: 404, body: { error: { code: "model_not_found" } } },
        },
      },
      { CHECK_MODEL: "gpt-0-nothing" },
    ],
    [
      "a variable that is misspelt",
      "warning settings.ONLY_TAG ONLY_TAGS",
      {},
      { ONLY_TAG: "beta" },
    ],
    [
      "a Redis that is not there",
      "failed redis.reachable REDIS_URL",
      {},
      { REDIS_URL: "redis://:canary@127.0.0.1:1" },
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

  it("misses no right to tell guests from members where those who may decide are named", async () => {
    const headers = { "x-oauth-scopes": "chat:write,reactions:write" };
    const checks = await examined(
      { slack: { "/auth.test": { body: { ok: true }, headers } } },
      { SLACK_REVIEWERS: "U0123ABCD" },
    );
    expect(problemsIn(checks)).toEqual([]);
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

  it("says of a port that something else uses so", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const checks = await examined({}, { PORT: String(port) });
    taken.close();
    expect(problemsIn(checks)).toEqual(["warning machine.port PORT"]);
  });

  it("tells how the model drafts: in which time, with how many tokens, for how much", async () => {
    const checks = await examined(
      {},
      {
        MODEL_PRICE_INPUT: "2.5",
        MODEL_PRICE_OUTPUT: "10",
        EMBEDDING_MODEL: "nomic-embed-text",
        TRANSCRIPTION_MODEL: "whisper-1",
      },
    );
    const detailOf = (name: string) => checks.find((check) => check.name === name)?.detail;
    expect(detailOf("model.draft")).toMatch(
      /drafts in the form that is needed, in [\d.]+ m?s; 1200 tokens read, 80 written; 0\.0038 US dollars/,
    );
    expect(detailOf("model.images")).toMatch(
      /does not see images: messages with images go to peop/,
    );
    expect(detailOf("model.transcription")).toMatch(/^whisper-1 takes recordings/);
    expect(detailOf("model.embeddings")).toBe("nomic-embed-text gives vectors of 2 numbers");
  });

  it("hands on what the running service says of itself, in place of a port in use", async () => {
    const service = await serve({
      "/ready": {
        status: 503,
        body: {
          dependencies: { memory: { state: "failing", detail: "[mem0] search → 500" } },
          signatures: { webhooks: { lastAcceptedAt: null, refusedSince: 2, advice: "Copy it." } },
        },
      },
    });
    const checks = await examined({}, { PORT: new URL(service.url).port });
    expect(problemsIn(checks)).toEqual([
      "failed service.memory null",
      "failed service.webhooks INTERCOM_WEBHOOK_SECRET",
    ]);
    expect(checks.find(({ name }) => name === "machine.port")?.status).toBe("ok");
  });

  it("tells a service that runs with another admin token from a port in use", async () => {
    const body = { status: "ready", details: "Send the value of ADMIN_TOKEN." };
    const service = await serve({ "/ready": { body } });
    const checks = await examined({}, { PORT: new URL(service.url).port });
    expect(problemsIn(checks)).toEqual(["warning service.token ADMIN_TOKEN"]);
    expect(checks.find(({ name }) => name === "machine.port")?.status).toBe("ok");
  });

  it("says how long ago the last webhook came", async () => {
    const lastAcceptedAt = new Date(Date.now() - 5 * 60_000).toISOString();
    const service = await serve({
      "/ready": {
        body: { dependencies: {}, signatures: { webhooks: { lastAcceptedAt, refusedSince: 0 } } },
      },
    });
    const checks = await examined({}, { PORT: new URL(service.url).port });
    expect(problemsIn(checks)).toEqual([]);
    expect(checks.find(({ name }) => name === "service.webhooks")?.detail).toBe(
      "the last one came 5 min ago",
    );
  });

  it.skipIf(!hasRedis)("finds a Redis that forgets, and none wrong that does not", async () => {
    const redis = await startRedis();
    const of = async () =>
      problemsIn(await examined({}, { REDIS_URL: redis.url })).filter((one) => /redis/.test(one));
    const client = new Redis(redis.url);
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    await client.config("SET", "appendonly", "no");
    expect(await of()).toEqual([
      "failed redis.eviction REDIS_URL",
      "warning redis.append-only REDIS_URL",
    ]);
    await client.config("SET", "maxmemory-policy", "noeviction");
    await client.config("SET", "appendonly", "yes");
    expect(await of()).toEqual([]);
    client.disconnect();
    await redis.stop();
  });

  it.skipIf(!hasPostgres)(
    "looks at the PostgreSQL that is remembered in, and changes nothing",
    async () => {
      const server = await startPostgres();
      const { name, url } = await server.freshDatabase();
      const of = async (memoryUrl: string) => {
        const checks = await examined({}, { MEM0_API_KEY: "", MEMORY_URL: memoryUrl });
        expect(JSON.stringify(checks)).not.toContain(encodeURIComponent(server.password));
        return checks.filter(({ group }) => group === "postgres");
      };
      const fresh = await of(url);
      expect(problemsIn(fresh)).toEqual([]);
      expect(fresh.map(({ name: check, status }) => [check, status])).toEqual([
        ["postgres.server", "ok"],
        ["postgres.shape", "ok"],
        ["postgres.vectors", "unproved"],
      ]);
      expect(fresh[1]?.detail).toBe(
        "the schema auto_responder is not there yet; the next start sees to it",
      );
      expect(
        await server.query("SELECT FROM pg_namespace WHERE nspname = 'auto_responder'", name),
      ).toEqual([]);

      await server.query("CREATE ROLE reader LOGIN PASSWORD 'canary'");
      const reading = await of(server.urlOf(name, "reader", "canary"));
      expect(problemsIn(reading)).toEqual(["failed postgres.shape MEMORY_URL"]);

      const elsewhere = await of(server.urlOf("elsewhere"));
      expect(problemsIn(elsewhere)).toEqual(["failed postgres.usable MEMORY_URL"]);
      expect(elsewhere[0]?.detail).toContain("there is no such database");
      expect(elsewhere[0]?.hint).toContain("createdb elsewhere");
      await server.stop();
    },
  );

  it("says of a Node that is too old which one is needed", async () => {
    const config = loadConfig({ MOCK_MODE: "true", PORT: "0", DATA_DIR: folder });
    const checks = await checkThisMachine(config, false, "24.2.0");
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

  it("gives no check a name that docs/doctor.md does not list", async () => {
    const documented = readFileSync(new URL("../../docs/doctor.md", import.meta.url), "utf8");
    const sources = readdirSync(new URL("../../src/doctor/", import.meta.url)).map((file) =>
      readFileSync(new URL(`../../src/doctor/${file}`, import.meta.url), "utf8"),
    );
    const named = sources.flatMap((source) => {
      const group = /createFindings\("(\w+)"\)/.exec(source)?.[1];
      const calls =
        /findings\s*\.(?:ok|unproved|wrong)\(\s*(?:"(?:warning|failed)",\s*)?"([\w-]+)"/g;
      return group === undefined
        ? []
        : [...source.matchAll(calls)].flatMap(([, name]) =>
            // There the name is a variable.
            name === "failed" || name === "warning" ? [] : [`${group}.${name}`],
          );
    });
    expect(named.length).toBeGreaterThan(40);
    expect([...new Set(named)].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
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

describe("sources of knowledge", () => {
  let site: Awaited<ReturnType<typeof startSite>>;
  beforeAll(async () => {
    site = await startSite();
    mkdirSync(join(folder, "handbook"), { recursive: true });
    mkdirSync(join(folder, "empty"), { recursive: true });
    const german = "Die Rechnung finden Sie unter Einstellungen, dort auf Abrechnung klicken.";
    writeFileSync(join(folder, "handbook", "rechnung.md"), `# Rechnung\n\n${german}\n`);
  });
  afterAll(() => site.close());
  afterEach(() => {
    for (const path of ["/", "/robots.txt", "/sitemap.xml"]) site.remove(path);
  });

  const sourceOf = (words: string, more: Partial<KnowledgeSource> = {}) => {
    const place = placeIn(words);
    if (typeof place === "string") throw new Error(place);
    return { ...plainSource, name: "it", ...place, ...more } as KnowledgeSource;
  };
  async function looked(source: KnowledgeSource, apiUrl: string | null = null) {
    const { intercom: known } = loadConfig({
      MOCK_MODE: "true",
      ...(apiUrl === null
        ? {}
        : { MOCK_READS_INTERCOM: "true", INTERCOM_ACCESS_TOKEN: "t", INTERCOM_ADMIN_ID: "1" }),
      INTERCOM_API_BASE_URL: apiUrl ?? undefined,
    });
    const found = await checkKnowledge([source], {
      intercom: known,
      knowledgeAllowedHosts: [site.host],
    });
    expect(found).toHaveLength(1);
    const [{ status, detail, hint } = { status: null, detail: "", hint: null }] = found;
    // What is wrong comes with what to do.
    expect(hint === null).toBe(status === "ok");
    return `${status}: ${detail}`;
  }

  it("that are folders are opened and counted, and their language compared", async () => {
    const handbook = join(folder, "handbook");
    expect(await looked(sourceOf(handbook))).toBe(`ok: 1 file in ${handbook}, in German`);
    expect(await looked(sourceOf(handbook, { language: "de" }))).toMatch(/^ok/);
    expect(await looked(sourceOf(handbook, { language: "en" }))).toBe(
      `warning: 1 file in ${handbook}; its texts are said to be in English, but look like German`,
    );
    expect(await looked(sourceOf(join(folder, "empty")))).toMatch(/^warning: .* holds no file/);
    expect(await looked(sourceOf(join(folder, "gone")))).toMatch(/^failed: .* opened: ENOENT/);
  });

  it("that are sites are asked for one page and their lists, as robots.txt allows", async () => {
    const plain = sourceOf(site.url);
    expect(await looked(plain)).toBe(`failed: ${site.url} answers 404`);
    site.page("/", htmlPage("Birds", "<p>All about birds.</p>"));
    expect(await looked(plain)).toBe(`ok: ${site.url} names no pages, so it is read link by link`);
    site.sitemap("/sitemap.xml", "/", "/parrots", "/cages");
    expect(await looked(plain)).toBe(`ok: ${site.url} names 3 pages`);
    expect(site.asked).not.toContain("/parrots");
    const few = sourceOf(site.url, { limits: { pages: 2 } } as Partial<KnowledgeSource>);
    expect(await looked(few)).toBe(`warning: ${site.url} names 3 pages, and 2 are read`);
    site.page("/sitemap.xml", "", {}, 500);
    expect(await looked(plain)).toMatch(/^warning: .* its lists of pages cannot be read/);
    site.page("/robots.txt", "User-agent: *\nDisallow: /", { "content-type": "text/plain" });
    expect(await looked(plain)).toMatch(/^failed: the robots.txt of .* forbids reading it/);
    site.page("/robots.txt", "down", {}, 500);
    expect(await looked(plain)).toBe(`failed: ${site.url}: 500`);
    expect(await looked(sourceOf("http://127.0.0.1:9/"))).toMatch(/private network/);
  });

  it("that are Intercom's are asked for with the token", async () => {
    const { url } = await serve({
      "/macros": { body: { data: [] } },
      "/ai/content_import_sources": { body: { data: [] } },
      "/ai/external_pages": { status: 403 },
    });
    expect(await looked(sourceOf("intercom:macros"), url)).toBe("ok: intercom:macros can be read");
    expect(await looked(sourceOf("intercom:external-pages"), url)).toBe(
      "warning: intercom:external-pages cannot be read: /ai/external_pages is answered with 403",
    );
    expect(await looked(sourceOf("intercom:macros"))).toMatch(/^warning: mock mode does not read/);
  });

  it("are examined wherever they are named", async () => {
    const policyFile = join(folder, "sources.yaml");
    writeFileSync(policyFile, `sources: { gone: ${folder}/gone }`);
    const named = { POLICY_FILE: policyFile, KNOWLEDGE_SOURCES: `handbook=${folder}/handbook` };
    const checks = await examined({}, named);
    expect(problemsIn(checks)).toEqual(["failed knowledge.gone null"]);
    expect(checks.map(({ name }) => name)).toContain("knowledge.handbook");
  });
});
