import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scripted, startScriptedServer } from "../doctor/scripted-server.ts";
import { spawnScript } from "./service-process.ts";

/** What fits on a terminal without scrolling. */
const linesOfAScreen = 24;
const patienceMs = 90_000;

const folder = mkdtempSync(join(tmpdir(), "wrong-settings-"));
const taken = createServer();
const servers: Awaited<ReturnType<typeof startScriptedServer>>[] = [];
let rightSettings: Record<string, string> = {};

/** Services that take whatever is asked of them. */
const intercom: Record<string, Scripted> = {
  "/me": { body: { id: "7", app: { id_code: "abc", name: "Example" } } },
  "/admins/1": { body: { id: "1", name: "Support", has_inbox_seat: true } },
  "/admins": { body: { admins: [{ id: "1", name: "Support", has_inbox_seat: true }] } },
  "/articles": { body: { total_count: 1, data: [], pages: { total_pages: 1 } } },
  "/conversations/search": { body: { conversations: [], total_count: 0 } },
};
const slack: Record<string, Scripted> = {
  "/auth.test": {
    body: { ok: true, team: "Example" },
    headers: { "x-oauth-scopes": "chat:write,reactions:write,users:read,channels:read" },
  },
  "/conversations.info": { body: { ok: true, channel: { name: "reviews", is_member: true } } },
};

async function serve(script: Record<string, Scripted>): Promise<string> {
  const server = await startScriptedServer(script);
  servers.push(server);
  return server.url;
}

beforeAll(async () => {
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  rightSettings = {
    PORT: "0",
    HOST: "127.0.0.1",
    DATA_DIR: folder,
    INTERCOM_ACCESS_TOKEN: "token-canary",
    INTERCOM_ADMIN_ID: "1",
    INTERCOM_WEBHOOK_SECRET: "secret-canary",
    INTERCOM_API_BASE_URL: await serve(intercom),
    OPENAI_API_KEY: "key-canary",
    OPENAI_BASE_URL: `${await serve({ "/v1/models/gpt-4o": { body: { id: "gpt-4o" } } })}/v1`,
    SLACK_API_URL: await serve(slack),
    SLACK_BOT_TOKEN: "xoxb-canary",
    SLACK_SIGNING_SECRET: "0123456789abcdef0123456789abcdef",
    SLACK_CHANNEL_ID: "C0123456789",
  };
});
afterAll(() => {
  taken.close();
  for (const server of servers) server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the service and reads what it says until it ends or has said all the words. */
async function firstScreen(settings: Record<string, string>, words: string[]) {
  const child = spawnScript("src/main.ts", { ...rightSettings, ...settings });
  let output = "";
  const screen = () => output.split("\n").slice(0, linesOfAScreen).join("\n");
  const done = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (words.every((word) => screen().includes(word))) done.resolve();
    });
  }
  const ended = once(child, "exit").then(() => done.resolve());
  const tooLate = setTimeout(done.resolve, patienceMs);
  await done.promise;
  clearTimeout(tooLate);
  child.kill("SIGKILL");
  await ended;
  return screen();
}

type Case = [setting: string, value: string | (() => Promise<string>), what: string, todo: string];

const takenPort = async () => {
  const address = taken.address();
  return String(typeof address === "object" && address !== null ? address.port : 0);
};

describe("a start says on its first screen what is wrong and what to do, for", () => {
  const cases: Case[] = [
    // What can be seen without asking anybody ends the start.
    ["INTERCOM_ACCESS_TOKEN", "", "is missing", "Configure → Authentication"],
    [
      "INTERCOM_ACCESS_TOKEN",
      "Bearer canary",
      "begins with the word Bearer",
      "leave that word out",
    ],
    ["INTERCOM_WEBHOOK_SECRET", "", "is missing", "Basic information → Client secret"],
    [
      "INTERCOM_WEBHOOK_SECRET",
      "dG9rOmNhbmFyeQ==",
      "access token",
      "belongs in INTERCOM_ACCESS_TOKEN",
    ],
    ["INTERCOM_ADMIN_ID", "Support", "must be a number", "GET /admins"],
    ["INTERCOM_REGION", "europe", "must be us, eu or au", "did you mean eu?"],
    ["INTERCOM_VERSION", "latest", "must look like 2.16", "changelog"],
    [
      "INTERCOM_API_BASE_URL",
      "api.intercom.io",
      "https://",
      "did you mean https://api.intercom.io?",
    ],
    ["OPENAI_BASE_URL", "localhost:11434/v1", "http://", "did you mean http://localhost:11434/v1?"],
    ["MEM0_API_KEY", "xoxb-canary", "a bot token of Slack", "belongs in SLACK_BOT_TOKEN"],
    ["MEM0_KIND", "selfhosted", "must be platform or server", "a server of your own"],
    ["SLACK_BOT_TOKEN", "xapp-canary", "an app-level token of Slack", "belongs in SLACK_APP_TOKEN"],
    ["SLACK_BOT_TOKEN", "canary", "must begin with xoxb-", "OAuth & Permissions"],
    ["SLACK_APP_TOKEN", "xoxb-canary", "a bot token of Slack", "App-Level Tokens"],
    ["SLACK_SIGNING_SECRET", "", "is missing", "Basic Information"],
    ["SLACK_CHANNEL_ID", "", "whatever follows a # is a comment", "at the bottom of About"],
    ["SLACK_CHANNEL_ID", "reviews", "not its name", "C0123456789"],
    ["SLACK_REVIEWERS", "@ada", "a member's id", "Copy member ID"],
    ["CONFIDENCE_THRESHOLD", "80", "must be a number from 0 to 1", "did you mean 0.8?"],
    ["REPLY_MODE", "automatic", "must be auto, review, note or shadow", "did you mean auto?"],
    ["QUIET_PERIOD_MS", "3s", "must be a whole number", "milliseconds"],
    ["SWEEP_INTERVAL_SECONDS", "3600", "must be shorter than", "SWEEP_MAX_AGE_MINUTES"],
    ["ONLY_TAG", "beta", "is no setting of this service", "If ONLY_TAGS is meant"],
    ["ADMIN_TOKEN", "canary", "at least 16 characters", "openssl rand -hex 32"],
    ["REDACT_PATTERNS", "(", "regular expressions, one a line", "Unterminated group"],
    ["POLICY_FILE", "/nowhere/policy.yaml", "/nowhere/policy.yaml", "policy"],
    ["PORT", takenPort, "is in use", "make start"],
    ["PORT", "http", "must be a whole number", "8000"],
    ["HOST", "203.0.113.1", "no address of this machine", "Leave HOST unset"],
    ["DATA_DIR", import.meta.filename, "is a file, not a folder", "Name a folder"],
    ["DATA_DIR", "/proc/1/fdinfo/below", "cannot be made", "Name a folder"],
    // What a service has to say is said as soon as it has said it.
    [
      "INTERCOM_ACCESS_TOKEN",
      () => serve({ ...intercom, "/me": { status: 401 } }),
      "the token is not accepted (401)",
      "Copy the access token again",
    ],
    [
      "INTERCOM_ADMIN_ID",
      () => serve({ ...intercom, "/admins/1": { status: 404 } }),
      "INTERCOM_ADMIN_ID=1 is nobody in this workspace",
      "the seats are: Support (1)",
    ],
    [
      "INTERCOM_ADMIN_ID",
      () => serve({ ...intercom, "/admins/1": { body: { has_inbox_seat: false } } }),
      "no inbox seat",
      "Give them a seat",
    ],
    [
      "INTERCOM_VERSION",
      () => serve({ ...intercom, "/me": { status: 406 } }),
      "answered with 406",
      "2.16 is the one that is tested",
    ],
    [
      "OPENAI_API_KEY",
      () => serve({ "/v1/models/gpt-4o": { status: 401 } }),
      "does not accept the key (401)",
      "Copy the key again",
    ],
    [
      "OPENAI_MODEL",
      () =>
        serve({
          "/v1/models/gpt-4o": { status: 404, body: { error: { code: "model_not_found" } } },
        }),
      "does not know the model gpt-4o",
      "choose another one",
    ],
    [
      "MEM0_API_KEY",
      () => serve({ "/search": { status: 401 } }),
      "not accepted (401)",
      "Copy the key",
    ],
    ["MEM0_KIND", () => serve({}), "does not know the addresses", "Set MEM0_KIND="],
    [
      "SLACK_BOT_TOKEN",
      () => serve({ ...slack, "/auth.test": { body: { ok: false, error: "invalid_auth" } } }),
      "invalid_auth",
      "Copy the Bot User OAuth Token again",
    ],
    [
      "SLACK_CHANNEL_ID",
      () =>
        serve({
          ...slack,
          "/conversations.info": { body: { ok: false, error: "channel_not_found" } },
        }),
      "no channel with the id C0123456789",
      "Copy the channel's id again",
    ],
    [
      "SLACK_CHANNEL_ID",
      () =>
        serve({
          ...slack,
          "/conversations.info": { body: { ok: true, channel: { is_member: false } } },
        }),
      "the app is not in the channel",
      "/invite",
    ],
  ];

  it.concurrent.each(cases.map((one): [string, ...Case] => [`${one[0]}: ${one[2]}`, ...one]))(
    "%s",
    async (_title, setting, value, what, todo) => {
      const given = typeof value === "string" ? value : await value();
      const words = [setting, what, todo];
      const screen = await firstScreen(settingsFor(setting, given), words);
      for (const word of words) expect(screen).toContain(word);
      expect(screen).not.toMatch(/^ {4}at |"stack"/m);
      expect(screen.toLowerCase()).not.toContain("canary");
    },
    120_000,
  );

  /** An address stands for the service that refuses the setting. */
  function settingsFor(setting: string, value: string): Record<string, string> {
    if (!value.startsWith("http://127.0.0.1")) return { [setting]: value };
    if (setting.startsWith("INTERCOM_")) return { INTERCOM_API_BASE_URL: value };
    if (setting.startsWith("OPENAI_")) return { OPENAI_BASE_URL: `${value}/v1` };
    if (setting.startsWith("SLACK_")) return { SLACK_API_URL: value };
    return { MEM0_API_KEY: "m0-canary", MEM0_KIND: "server", MEM0_BASE_URL: value };
  }
});
