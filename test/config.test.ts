import { describe, expect, it } from "vitest";
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
  problemsOf(environment).map((problem) => problem.split(" ")[0]);

describe("loadConfig", () => {
  it("names everything that is missing at once, what it is for and where it is found", () => {
    expect(named({})).toEqual([
      "INTERCOM_ACCESS_TOKEN",
      "INTERCOM_ADMIN_ID",
      "INTERCOM_WEBHOOK_SECRET",
      "OPENAI_API_KEY",
    ]);
    for (const problem of problemsOf({})) {
      expect(problem).toMatch(/is missing.*It is for .+\. Where to find it: .+\./);
    }
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

  it("never repeats a value in a problem: it may be a secret in the wrong place", () => {
    expect(problemsOf({ ...complete, PORT: "sk-canary" }).join()).not.toContain("canary");
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
