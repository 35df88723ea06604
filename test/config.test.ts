import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explain } from "../src/config/explain.ts";
import { type VariableName, variables } from "../src/config/variables.ts";
import { ConfigError, loadConfig } from "../src/config.ts";

const complete = {
  INTERCOM_ACCESS_TOKEN: "token",
  INTERCOM_WEBHOOK_SECRET: "secret",
  INTERCOM_ADMIN_ID: "77",
  OPENAI_API_KEY: "key",
};

function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
/** The variable that each problem begins with. */
const named = (environment: Record<string, string>) =>
  problemsOf(environment).map((problem) => problem.split(/[ =]/)[0]);

describe("loadConfig", () => {
  it("refuses several replicas that would each have a memory of their own", () => {
    const several = { ...complete, REDIS_URL: "redis://:secret@redis:6379" };
    expect(problemsOf(several)).toEqual([expect.stringMatching(/^REDIS_URL .*MEM0_API_KEY/)]);
    expect(loadConfig({ ...several, MEM0_API_KEY: "key" }).redis?.url).toBe(several.REDIS_URL);
    const wrong = { ...complete, REDIS_URL: "http://:hunter2@redis" };
    expect(problemsOf(wrong)).toEqual([expect.stringMatching(/^REDIS_URL must be .*redis:/)]);
    // Mock mode shares nothing, and needs no memory that others see.
    expect(loadConfig({ MOCK_MODE: "true", REDIS_URL: several.REDIS_URL }).redis).toBeNull();
  });

  it("takes one place to remember in, and an address that a PostgreSQL can have", () => {
    const url = "postgres://responder:hunter2@db:5432/responder";
    const remembering = (memoryUrl: string) => ({ ...complete, MEMORY_URL: memoryUrl });
    expect(loadConfig(complete).memoryUrl).toBeNull();
    expect(loadConfig(remembering(`${url}?sslmode=verify-full`)).memoryUrl).toContain("hunter2");
    expect(loadConfig(remembering(url.replace("postgres", "postgresql"))).memoryUrl).not.toBeNull();
    expect(problemsOf({ ...remembering(url), MEM0_API_KEY: "key" })).toEqual([
      expect.stringMatching(/^MEMORY_URL and MEM0_API_KEY are both set.*Leave out/),
    ]);
    const several = { ...remembering(url), REDIS_URL: "redis://redis:6379" };
    expect(loadConfig(several).redis?.url).toBe(several.REDIS_URL);
    for (const [wrong, why] of [
      ["mysql://responder:hunter2@db/responder", /^MEMORY_URL must be .*postgres:\/\//],
      ["postgres://responder:hunter2/#@db/responder", /^MEMORY_URL must be .*%40/],
      [`${url}?sslmode=prefer`, /^MEMORY_URL must have one of disable, require/],
      [`${url}?sslmode=verify-ca`, /^MEMORY_URL must name the file .*sslrootcert/],
    ] as const) {
      expect(problemsOf(remembering(wrong))).toEqual([expect.stringMatching(why)]);
      expect(problemsOf(remembering(wrong)).join()).not.toContain("hunter2");
    }
  });

  it("names everything that is missing at once, what it is for and where it is found", () => {
    expect(named({})).toEqual([
      "INTERCOM_ACCESS_TOKEN",
      "INTERCOM_ADMIN_ID",
      "INTERCOM_WEBHOOK_SECRET",
      "OPENAI_API_KEY",
    ]);
    for (const problem of problemsOf({})) {
      expect(problem).toMatch(/is missing.*\. It [a-z]+ .+\. Where to find it: .+\./);
    }
  });

  it("takes no name that stands empty in .env.example for a misspelt other one", () => {
    const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
    const environment = Object.fromEntries(
      [...example.matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
        name,
        value,
      ]),
    );
    const problems = problemsOf(environment);
    expect(problems.length).toBeGreaterThan(2);
    expect(problems.join("\n")).not.toContain("did you mean");
  });

  it("names what is wrong together with what is missing, each once", () => {
    const wrong = {
      ...complete,
      INTERCOM_ADMIN_ID: "grace",
      PORT: "http",
      CONFIDENCE_THRESHOLD: "80",
      INTERCOM_REGION: "asia",
      OPENAI_BASE_URL: "localhost:11434",
      SLACK_BOT_TOKEN: "xoxb-1",
    };
    expect(named(wrong).sort()).toEqual([
      "CONFIDENCE_THRESHOLD",
      "INTERCOM_ADMIN_ID",
      "INTERCOM_REGION",
      "OPENAI_BASE_URL",
      "PORT",
      "SLACK_CHANNEL_ID",
      "SLACK_SIGNING_SECRET",
    ]);
    expect(problemsOf(wrong).join()).toContain("must be a number from 0 to 1");
  });

  it.each([
    ["CONFIDENCE_THRESHOLD", "80", "did you mean 0.8?"],
    ["CONFIDENCE_THRESHOLD", "85%", "did you mean 0.85?"],
    ["TEMPERATURE", "0,7", "did you mean 0.7?"],
    ["QUIET_PERIOD_MS", "3000ms", "did you mean 3000?"],
    ["INTERCOM_REGION", "europe", "must be us, eu or au: did you mean eu?"],
    ["REPLY_MODE", "automatic", "did you mean auto?"],
    ["REPLY_MODE", "reveiw", "did you mean review?"],
    ["LOG_LEVEL", "warn", "did you mean warning?"],
    ["CHAT_UI_ENABLED", "off", "did you mean false?"],
    ["OPENAI_BASE_URL", "localhost:11434/v1", "did you mean http://localhost:11434/v1?"],
    ["INTERCOM_API_BASE_URL", "api.intercom.io", "did you mean https://api.intercom.io?"],
    ["SLACK_CHANNEL_ID", "c0123456789", "did you mean C0123456789?"],
    [
      "SLACK_CHANNEL_ID",
      "https://example.slack.com/archives/C0123456789",
      "did you mean C0123456789?",
    ],
    ["SLACK_CHANNEL_ID", "#help", "not its name"],
    ["SLACK_REVIEWERS", "U0123ABCD,@ada", "must be a member's id such as U0123ABCD"],
    ["INTERCOM_ADMIN_ID", "grace@example.com", "must be a number such as 9608808"],
  ] as const)("repeats %s=%s and says what it must be", (name, value, words) => {
    const slack = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "s", SLACK_CHANNEL_ID: "C1" };
    const [problem, ...others] = problemsOf({ ...complete, ...slack, [name]: value });
    expect(others).toEqual([]);
    expect(problem).toContain(`${name}=${value} must be`);
    expect(problem).toContain(words);
  });

  it.each([
    ["QUIET_PERIOD_MS", "3s"],
    ["INTERCOM_REGION", "asia"],
    ["OPENAI_BASE_URL", "none at all"],
    ["PORT", "http"],
  ])("guesses nothing where %s=%s leaves it open", (name, value) => {
    expect(problemsOf({ ...complete, [name]: value }).join()).not.toContain("did you mean");
  });

  it.each([
    ["PORT", "sk-canary"],
    ["INTERCOM_REGION", "xoxb-canary"],
    ["INTERCOM_ADMIN_ID", "0123456789abcdefcanary0123456789"],
    ["SLACK_CHANNEL_ID", "c123456789canary0123456789"],
    ["SLACK_REVIEWERS", "U0123ABCD,xoxp-canary-0123456789"],
    ["OPENAI_BASE_URL", "ftp://ada:canary@example.com"],
    ["OPENAI_BASE_URL", "example.com/?token=canary"],
    ["SLACK_BOT_TOKEN", "canary"],
    ["MEM0_API_KEY", "sk-canary"],
    ["ADMIN_TOKEN", "canary"],
  ])("never repeats what may be a secret, wherever it stands: %s=%s", (name, value) => {
    const problems = problemsOf({ ...complete, [name]: value });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join().toLowerCase()).not.toContain("canary");
  });

  it.each([
    ["SLACK_BOT_TOKEN", "xapp-1", "belongs in SLACK_APP_TOKEN"],
    ["SLACK_APP_TOKEN", "xoxb-1", "belongs in SLACK_BOT_TOKEN"],
    ["SLACK_BOT_TOKEN", "xoxp-1", "a user token of Slack"],
    ["SLACK_BOT_TOKEN", "0a1b2c", "must begin with xoxb-"],
    ["SLACK_SIGNING_SECRET", "xoxb-1", "belongs in SLACK_BOT_TOKEN"],
    ["INTERCOM_WEBHOOK_SECRET", "dG9rOjEyMw==", "belongs in INTERCOM_ACCESS_TOKEN"],
    ["INTERCOM_WEBHOOK_SECRET", "one,dG9rOjEyMw==", "belongs in INTERCOM_ACCESS_TOKEN"],
    ["INTERCOM_WEBHOOK_SECRET", "one,two,three", "more than two secrets"],
    ["INTERCOM_WEBHOOK_SECRET", "one, one", "the same secret twice"],
    ["INTERCOM_WEBHOOK_SECRET", ",", "holds no secret"],
    ["INTERCOM_ACCESS_TOKEN", "Bearer abc", "leave that word out"],
    ["INTERCOM_ACCESS_TOKEN", "YOUR_ACCESS_TOKEN", "placeholder"],
    ["OPENAI_API_KEY", '"sk-1"', "quotes"],
    ["OPENAI_API_KEY", "sk-1 sk-2", "contains a space"],
    ["MEM0_API_KEY", "xoxb-1", "belongs in SLACK_BOT_TOKEN"],
  ])("refuses %s=%s before it is sent anywhere", (name, value, words) => {
    const problem = problemsOf({ ...complete, [name]: value }).find((one) => one.startsWith(name));
    expect(problem).toContain(words);
  });

  it("refuses a retention that the memory cannot hold", () => {
    const retention = { ...complete, RETENTION_DAYS: "90", MEM0_API_KEY: "m0-1" };
    expect(problemsOf({ ...retention, MEM0_KIND: "server" })).toEqual([
      expect.stringMatching(/^RETENTION_DAYS cannot be held with MEM0_KIND=server/),
    ]);
    expect(loadConfig(retention).retentionDays).toBe(90);
    expect(loadConfig(complete).retentionDays).toBeNull();
  });

  it("takes two webhook secrets, as while one is changed", () => {
    const secrets = (value: string) =>
      loadConfig({ ...complete, INTERCOM_WEBHOOK_SECRET: value }).intercom?.webhookSecrets;
    expect(secrets("old, new")).toEqual(["old", "new"]);
    expect(secrets("old")).toEqual(["old"]);
    expect(secrets("old,")).toEqual(["old"]);
  });

  it("takes a bot token that is rotated, and keys of servers that are not OpenAI", () => {
    const rotated = { SLACK_BOT_TOKEN: "xoxe.xoxb-1", SLACK_APP_TOKEN: "xapp-1" };
    const config = loadConfig({
      ...complete,
      ...rotated,
      SLACK_CHANNEL_ID: "C1",
      OPENAI_API_KEY: "gsk_1",
    });
    expect(config.slack?.botToken).toBe("xoxe.xoxb-1");
    expect(config.model?.apiKey).toBe("gsk_1");
  });

  it("says of a missing variable which misspelt one is set in its place", () => {
    const { INTERCOM_ADMIN_ID: id, ...others } = complete;
    expect(problemsOf({ ...others, INTERCOM_ADMINID: id })).toEqual([
      expect.stringContaining("INTERCOM_ADMINID is set: did you mean INTERCOM_ADMIN_ID?"),
    ]);
  });

  it("says of a missing channel that .env takes #help for a comment", () => {
    const slack = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "s", SLACK_CHANNEL_ID: "" };
    expect(problemsOf({ ...complete, ...slack })).toEqual([
      expect.stringMatching(/^SLACK_CHANNEL_ID is missing.* whatever follows a # is a comment/),
    ]);
  });

  it.each(Object.entries(variables))("explains %s in sentences", (name, { purpose, where }) => {
    expect(`It ${purpose}.`).toMatch(
      /^It (?:is|says|names|lets|proves|opens|switches|limits|masks) /,
    );
    expect(explain(name as VariableName)).not.toMatch(/\.\.|;\.|undefined|null|your choice/);
    if (where !== null) expect(where).not.toMatch(/unless set/);
  });

  it("starts with the defaults of the README", () => {
    const config = loadConfig(complete);
    expect(config).toMatchObject({
      port: 8000,
      host: "0.0.0.0",
      logLevel: "info",
      isMock: false,
      isChatEnabled: true,
      adminToken: null,
      intercom: { baseUrl: "https://api.intercom.io", version: "2.16" },
      model: { model: "gpt-4o", temperature: null, maxReplyTokens: null },
      mem0: null,
      slack: null,
      sweepIntervalMs: 300_000,
      dataDir: "./data",
    });
    expect(config.policy).toMatchObject({
      replyMode: "note",
      confidenceThreshold: 0.8,
      quietPeriodMs: 3000,
      maxAgeMs: 3_600_000,
    });
  });

  it("shows in mock mode what automatic replies would do, unless a mode is set", () => {
    const mock = { MOCK_MODE: "true" };
    expect(loadConfig(mock).policy.replyMode).toBe("auto");
    expect(loadConfig({ ...mock, REPLY_MODE: " " }).policy.replyMode).toBe("auto");
    expect(loadConfig({ ...mock, REPLY_MODE: "note" }).policy.replyMode).toBe("note");
    expect(loadConfig({ ...complete, REPLY_MODE: "" }).policy.replyMode).toBe("note");
  });

  it("takes an empty value for one that is not set, as compose files write it", () => {
    expect(loadConfig({ ...complete, PORT: "", SLACK_BOT_TOKEN: " " })).toMatchObject({
      port: 8000,
      slack: null,
    });
  });

  it.each([
    ["INFO", "info"],
    ["debug", "debug"],
    ["Warning", "warn"],
    ["ERROR", "error"],
  ])("reads LOG_LEVEL %s in any case", (value, level) => {
    expect(loadConfig({ ...complete, LOG_LEVEL: value }).logLevel).toBe(level);
  });

  it("finds the region's address unless another one is given", () => {
    const eu = loadConfig({ ...complete, INTERCOM_REGION: "EU" });
    expect(eu.intercom?.baseUrl).toBe("https://api.eu.intercom.io");
    const other = loadConfig({ ...complete, INTERCOM_API_BASE_URL: "http://localhost:9/" });
    expect(other.intercom?.baseUrl).toBe("http://localhost:9");
  });

  it("needs no key for a server of your own, and nothing at all in mock mode", () => {
    const { OPENAI_API_KEY: _, ...withoutKey } = complete;
    const own = loadConfig({ ...withoutKey, OPENAI_BASE_URL: "http://localhost:11434/v1" });
    expect(own.model).toMatchObject({ apiKey: null, baseUrl: "http://localhost:11434/v1" });
    expect(loadConfig({ MOCK_MODE: "true" })).toMatchObject({
      isMock: true,
      host: "127.0.0.1",
      intercom: null,
      model: null,
    });
  });

  it("refuses a sweep that comes later than a customer may wait, and ids that Intercom never gives", () => {
    const late = { ...complete, SWEEP_INTERVAL_SECONDS: "3600", SWEEP_MAX_AGE_MINUTES: "60" };
    expect(named(late)).toEqual(["SWEEP_INTERVAL_SECONDS"]);
    expect(named({ ...complete, INTERCOM_ADMIN_ID: "007" })).toEqual(["INTERCOM_ADMIN_ID"]);
  });

  it("reads lists without empty entries, which would match nothing and silence everything", () => {
    expect(loadConfig({ ...complete, ONLY_TAGS: ", beta,," }).policy.onlyTags).toEqual(["beta"]);
    expect(loadConfig({ ...complete, ONLY_TAGS: "," }).policy.onlyTags).toEqual([]);
  });

  it("reads folders and sites of knowledge", () => {
    const sources = (KNOWLEDGE_SOURCES: string) =>
      loadConfig({ MOCK_MODE: "true", KNOWLEDGE_SOURCES }).policy.sources;
    const unsaid = { language: null, everyMs: null, brands: [], plans: [], topics: [] };
    const reach = { hosts: [], limits: {} };
    expect(sources("handbook=./docs, internal:runbook = /ops/a=b, ../other docs/")).toEqual([
      { kind: "folder", name: "handbook", path: "./docs", isInternal: false, ...unsaid },
      { kind: "folder", name: "runbook", path: "/ops/a=b", isInternal: true, ...unsaid },
      { kind: "folder", name: "other docs", path: "../other docs/", isInternal: false, ...unsaid },
    ]);
    expect(sources("site=https://docs.example.com/a?b=c, internal:http://wiki.test:8080")).toEqual([
      {
        kind: "site",
        name: "site",
        url: "https://docs.example.com/a?b=c",
        isInternal: false,
        ...unsaid,
        ...reach,
      },
      {
        kind: "site",
        name: "wiki.test:8080",
        url: "http://wiki.test:8080",
        isInternal: true,
        ...unsaid,
        ...reach,
      },
    ]);
    expect(sources("hilfe (de 6h) = https://x.test/(a)=b, a(1d)=./docs, b()=./ops")).toMatchObject([
      { name: "hilfe", url: "https://x.test/(a)=b", language: "de", everyMs: 6 * 3_600_000 },
      { name: "a", path: "./docs", language: null, everyMs: 24 * 3_600_000 },
      { name: "b", path: "./ops", language: null, everyMs: null },
    ]);
    expect(sources("intercom:macros, internal:fin = intercom:external-pages")).toMatchObject([
      { kind: "intercom", name: "macros", what: "macros", isInternal: false },
      { kind: "intercom", name: "fin", what: "external-pages", isInternal: true },
    ]);
    const problem = (KNOWLEDGE_SOURCES: string) =>
      problemsOf({ MOCK_MODE: "true", KNOWLEDGE_SOURCES }).join("\n");
    expect(problem("site=https://me:secret@docs.example.com")).toMatch(
      /https:\/\/docs\.example\.com with a user name or password/,
    );
    expect(problem("site=ftp://docs.example.com")).toContain("begins with https:// or http://");
    expect(problem("site=https://me:secret@docs.example.com")).not.toContain("secret");
    expect(problem("hilfe(german 6h)=./docs")).toContain('"(german 6h)" in hilfe(german 6h)');
    expect(problem("hilfe(25d)=./docs")).toContain("24d at most");
    expect(problem("intercom:articles")).toContain("there are intercom:macros and intercom:ext");
    expect(problem("handbook=")).toContain('"handbook=" is none');
    expect(problem("./docs, ../docs")).toContain('two sources "docs"');
  });

  it("reads hosts of knowledge as addresses write them", () => {
    const hosts = (KNOWLEDGE_ALLOWED_HOSTS: string) =>
      loadConfig({ MOCK_MODE: "true", KNOWLEDGE_ALLOWED_HOSTS }).knowledgeAllowedHosts;
    expect(hosts("CDN.example.com, wiki.internal:80, [::1]:8080, 0x7f.1:443")).toEqual([
      "cdn.example.com",
      "wiki.internal:80",
      "[::1]:8080",
      "127.0.0.1:443",
    ]);
    for (const wrong of ["https://a.test", "a.test/path", "me@a.test", "a b"]) {
      const problems = problemsOf({ MOCK_MODE: "true", KNOWLEDGE_ALLOWED_HOSTS: wrong });
      expect(problems.join(), wrong).toContain(`"${wrong}" is none`);
    }
  });

  it("shows costs only when both prices are set", () => {
    const prices = (more: object) => loadConfig({ ...complete, ...more }).model?.prices;
    expect(prices({ MODEL_PRICE_INPUT: "2.5" })).toBeNull();
    expect(prices({ MODEL_PRICE_INPUT: "2.5", MODEL_PRICE_OUTPUT: "10" })).toEqual({
      input: 2.5,
      output: 10,
    });
  });

  it("switches Mem0's telemetry off before anything can load the module", () => {
    expect(process.env.MEM0_TELEMETRY).toBe("false");
  });
});
