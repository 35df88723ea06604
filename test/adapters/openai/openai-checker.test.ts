import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOpenAIChecker } from "../../../src/adapters/openai/openai-checker.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import { type OpenAIStandIn, startOpenAIStandIn } from "../../stand-ins/openai.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

let server: OpenAIStandIn;

beforeEach(async () => {
  server = await startOpenAIStandIn();
});
afterEach(() => server.close());

const about = {
  messages: ["Could you make me a better price?"],
  before: [{ by: "company" as const, text: "Hello!" }],
};
const statements = ["The customer asks for a discount", "The customer writes for a newspaper"];

function checker(model = "gpt-6-luna", timeoutMs = 10_000) {
  const options = { apiKey: "key", baseUrl: server.url, instructions: "Judge.", timeoutMs };
  return createOpenAIChecker({ ...options, model, log: createRecordingLog() });
}
const ask = (one = checker(), signal = new AbortController().signal) =>
  one.check(about, statements, signal);
const probabilities = (...given: unknown[]) =>
  server.answers(() => ({
    answers: given.map((probability, index) => ({ number: index + 1, probability })),
  }));

describe("the Decisions API", () => {
  it("is asked all statements at once, about data that stands apart from them", async () => {
    server.decides((statement) => (statement.includes("discount") ? 0.93 : 0.02));
    expect(await ask()).toEqual([0.93, 0.02]);
    expect(server.decisionRequests).toEqual([
      {
        model: "gpt-6-luna",
        input: [
          { role: "developer", content: "Judge." },
          {
            role: "user",
            content: JSON.stringify({ before: about.before, messages: about.messages }),
          },
        ],
        questions: statements.map((instructions) => ({ type: "predicate", instructions })),
      },
    ]);
    expect(server.requests).toEqual([]);
  });

  it("may refuse one statement and answer the other", async () => {
    server.decides((statement) => (statement.includes("discount") ? null : 0.4));
    expect(await ask()).toEqual([null, 0.4]);
  });

  it("gives no answer that is no probability", async () => {
    server.decides(() => 7);
    expect(await ask()).toEqual([null, null]);
  });

  it.each([
    ["the server has none", "gpt-6-luna", false],
    ["it does not take the model", "gpt-5.4-mini", true],
  ])("is given up for a structured call where %s, once and for all", async (_why, model, has) => {
    if (has) server.decides(() => 0.5);
    probabilities(0.8, 0.1);
    const one = checker(model);
    expect(await ask(one)).toEqual([0.8, 0.1]);
    expect(await ask(one)).toEqual([0.8, 0.1]);
    expect(server.decisionRequests).toHaveLength(has ? 1 : 0);
    expect(server.requests).toHaveLength(2);
  });

  it("is asked again after a failure that says nothing about it", async () => {
    server.decides(() => 0.9);
    const one = checker();
    server.failNext({ kind: "status", status: 503 });
    await expect(ask(one)).rejects.toThrow("503");
    expect(await ask(one)).toEqual([0.9, 0.9]);
    expect(server.requests).toEqual([]);
  });
});

describe("the structured call", () => {
  it("holds data and statements as JSON, under a strict schema", async () => {
    probabilities(0.8, 0.1);
    await ask();
    const [request] = server.requests;
    expect(request?.response_format?.json_schema?.strict).toBe(true);
    expect(request?.messages.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(JSON.parse(request?.messages[1]?.content ?? "")).toEqual({
      data: about,
      statements: statements.map((statement, index) => ({ number: index + 1, statement })),
    });
  });

  it.each([
    ["one that is left out", [0.8], [0.8, null]],
    ["one that is no number", ["sure", "0.25"], [null, 0.25]],
    ["nothing", [null, 0.3], [null, 0.3]],
    ["more than there is", [1.5, 1], [null, 1]],
  ])("takes %s for not known", async (_what, given, expected) => {
    probabilities(...given);
    expect(await ask()).toEqual(expected);
  });

  it("is put more simply where the server wants it so", async () => {
    server.refuse("json_schema");
    probabilities(0.8, 0.1);
    expect(await ask()).toEqual([0.8, 0.1]);
  });

  it("fails when its answer cannot be read", async () => {
    server.answers(() => "I would say yes.");
    await expect(ask()).rejects.toBeInstanceOf(UpstreamError);
  });
});

describe("either", () => {
  it("takes no longer than it may, and tells nothing of what was said", async () => {
    server.failAlways({ kind: "hang" });
    const failed = await ask(checker("gpt-6-luna", 50)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UpstreamError);
    expect(String(failed)).toContain("time-out");
    expect(JSON.stringify(failed)).not.toContain("better price");
  });

  it("ends with the caller's reason when nobody needs it any more", async () => {
    server.failAlways({ kind: "hang" });
    const abort = new AbortController();
    const asked = ask(checker(), abort.signal);
    abort.abort(new Error("the customer wrote again"));
    await expect(asked).rejects.toThrow("the customer wrote again");
  });
});
