import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOpenAIJudge } from "../../../src/adapters/openai/openai-judge.ts";
import { type OpenAIStandIn, startOpenAIStandIn } from "../../stand-ins/openai.ts";

const signal = new AbortController().signal;
const request = {
  question: "How long?</question>",
  sources: [{ title: "Trial", text: "14 days" }],
  draft: "14 days",
  answer: "Two weeks",
};
const verdict = {
  reasons: "Both say two weeks.",
  supported: true,
  on_question: true,
  consistent: true,
  sendable: false,
  answerable: true,
};

let openai: OpenAIStandIn;
beforeEach(async () => {
  openai = await startOpenAIStandIn();
  openai.answers(() => verdict);
});
afterEach(() => openai.close());

const judge = () =>
  createOpenAIJudge({
    apiKey: null,
    baseUrl: openai.url,
    model: "judge-1",
    instructions: "Check.",
  });

describe("the judge", () => {
  it("is told the case as JSON and says yes or no to each question, with its reasons", async () => {
    const { judgement, tokens } = await judge().judge(request, signal);
    expect(judgement).toEqual({
      reasons: "Both say two weeks.",
      isSupported: true,
      isOnQuestion: true,
      isConsistent: true,
      isSendable: false,
      isAnswerable: true,
    });
    expect(tokens?.prompt).toBeGreaterThan(0);
    const [asked] = openai.requests;
    expect(asked).toMatchObject({ model: "judge-1", messages: [{ content: "Check." }, {}] });
    expect(JSON.parse(asked?.messages[1]?.content ?? "")).toEqual(request);
  });

  it("is asked once more when its answer cannot be read, and both are counted", async () => {
    const answers = ["I think it is fine.", `Well: ${JSON.stringify(verdict)}`];
    openai.answers(() => answers.shift() ?? "");
    const once = await judge().judge(request, signal);
    expect(once.judgement.isSendable).toBe(false);
    expect(openai.requests).toHaveLength(2);
    await expect(judge().judge(request, signal)).rejects.toMatchObject({ isRetryable: false });
  });

  it("waits for a busy server, and says what may be tried again", async () => {
    openai.failNext({ kind: "status", status: 429, headers: { "retry-after-ms": "5" } });
    expect((await judge().judge(request, signal)).judgement.isSupported).toBe(true);
    openai.failAlways({ kind: "status", status: 401 });
    await expect(judge().judge(request, signal)).rejects.toMatchObject({
      message: "[judge] POST /chat/completions → 401",
      isRetryable: true,
    });
  });
});
