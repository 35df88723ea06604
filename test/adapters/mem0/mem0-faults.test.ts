import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createMem0Memory } from "../../../src/adapters/mem0/mem0-memory.ts";
import type { AnswerMemory } from "../../../src/core/knowledge/answer-memory.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import { answerOf, turnOf } from "../../contracts/memory.ts";
import { type Mem0StandIn, startMem0StandIn } from "../../stand-ins/mem0.ts";

// Read by the package while it is loaded, which the adapter does lazily.
vi.stubEnv("MEM0_TELEMETRY", "false");

const signal = new AbortController().signal;

describe.each(["platform", "server"] as const)("Mem0 (%s) in trouble", (kind) => {
  let standIn: Mem0StandIn;
  let memory: AnswerMemory;

  beforeEach(async () => {
    standIn = await startMem0StandIn(kind);
    memory = open(500);
  });
  afterEach(() => standIn.close());

  const open = (timeoutMs: number) =>
    createMem0Memory({
      kind,
      apiKey: standIn.apiKey,
      baseUrl: `${standIn.url}/`,
      namespace: "test",
      timeoutMs,
    });
  const recall = (caller = signal) => memory.recallAnswers("reset password", { limit: 5 }, caller);
  const remember = () => memory.rememberAnswers([answerOf({ partId: null })], signal);

  it("sends its key, and what the documentation asks for", async () => {
    await memory.rememberAnswers([answerOf({})], signal);
    await recall();
    const bodies = standIn.requests.map(({ method, path, body }) => [`${method} ${path}`, body]);
    expect(bodies).toMatchObject(
      kind === "platform"
        ? [
            [
              "POST /v3/memories/?page=1&page_size=200",
              {
                filters: {
                  AND: [{ user_id: "*" }, { metadata: { scope: "test:conversation:100" } }],
                },
              },
            ],
            [
              "POST /v3/memories/add/",
              {
                messages: [{ role: "user", content: expect.stringContaining("Answer: ") }],
                user_id: "test:answers",
                infer: false,
                metadata: { scope: "test:conversation:100", author: "teammate" },
              },
            ],
            [
              "POST /v3/memories/search/",
              {
                query: "reset password",
                top_k: 5,
                filters: { AND: [{ user_id: "test:answers" }] },
              },
            ],
          ]
        : [
            ["GET /memories?run_id=test%3Aconversation%3A100&top_k=1000", {}],
            [
              "POST /memories",
              { user_id: "test:answers", run_id: "test:conversation:100", infer: false },
            ],
            ["POST /search", { filters: { user_id: "test:answers" }, top_k: 5, threshold: 0 }],
          ],
    );
  });

  it("says that the key is wrong, without the key, and asks once", async () => {
    const wrong = createMem0Memory({
      kind,
      apiKey: "secret-key",
      baseUrl: standIn.url,
      namespace: "test",
      timeoutMs: 500,
    });
    const failure = await failureOf(
      wrong.recallAnswers("my secret question", { limit: 5 }, signal),
    );
    expect(failure).toMatchObject({ service: "mem0", status: 401, isRetryable: false });
    expect(failure.message).not.toMatch(/secret/);
    expect(standIn.requests).toHaveLength(1);
  });

  it("comes back after a 429 when it is told to, also with what must not be stored twice", async () => {
    standIn.faults.push({ kind: "status", status: 429, retryAfterSeconds: 0 });
    await remember();
    expect(standIn.memories()).toHaveLength(1);
    standIn.faults.push({ kind: "status", status: 429, retryAfterSeconds: 0 });
    expect(await recall()).toHaveLength(1);
  });

  it("does not wait for a 429 that asks for more than a minute", async () => {
    standIn.faults.push({ kind: "status", status: 429, retryAfterSeconds: 3_600 });
    expect(await failureOf(recall())).toMatchObject({ status: 429, isRetryable: true });
    expect(standIn.requests).toHaveLength(1);
  });

  it("asks again after a 500, a lost connection and a stalled one, but not for ever", async () => {
    await remember();
    standIn.faults.push({ kind: "status", status: 500 }, { kind: "drop", after: "nothing" });
    expect(await recall()).toHaveLength(1);
    memory = open(100);
    standIn.faults.push({ kind: "hang" });
    expect(await recall()).toHaveLength(1);
    for (let times = 0; times < 3; times++) standIn.faults.push({ kind: "status", status: 503 });
    expect(await failureOf(recall())).toMatchObject({ status: 503 });
  });

  it("does not store again where it does not know whether it has", async () => {
    standIn.faults.push({ kind: "drop", after: "work" });
    const failure = await failureOf(remember());
    expect(failure).toMatchObject({ status: null, isRetryable: true });
    expect(standIn.memories()).toHaveLength(1);
    expect(standIn.requests).toHaveLength(1);
  });

  it("stores nothing twice when all is stored once more after a failure half-way", async () => {
    const turns = [turnOf({}), turnOf({ partId: "2" }), turnOf({ partId: "3" })];
    const path = kind === "platform" ? "POST /v3/memories/add/" : "POST /memories";
    standIn.faults.push({ on: path, kind: "drop", after: "work" });
    await expect(memory.rememberTurns(turns, signal)).rejects.toThrow(UpstreamError);
    expect(standIn.faults).toEqual([]);
    await memory.rememberTurns(turns, signal);
    await memory.rememberTurns(turns, signal);
    expect(standIn.memories()).toHaveLength(3);
  });

  it("takes a memory for removed when the removal was done but not heard of", async () => {
    await memory.rememberTurns([turnOf({})], signal);
    standIn.faults.push({ on: "DELETE", kind: "drop", after: "work" });
    expect(await memory.forgetConversation("100", null, signal)).toBe(1);
    expect(standIn.faults).toEqual([]);
    expect(standIn.memories()).toEqual([]);
  });

  it("gives up at its time-out when Mem0 hangs", async () => {
    memory = open(50);
    for (let times = 0; times < 3; times++) standIn.faults.push({ kind: "hang" });
    expect((await failureOf(recall())).message).toContain("no answer in 50 ms");
  });

  it("gives up at once when the caller does, in a call and in a pause", async () => {
    memory = open(60_000);
    for (const fault of [
      { kind: "hang" },
      { kind: "status", status: 429, retryAfterSeconds: 30 },
    ] as const) {
      standIn.faults.push(fault);
      const caller = new AbortController();
      const recalling = recall(caller.signal);
      const before = standIn.requests.length;
      await vi.waitUntil(() => standIn.requests.length > before, { timeout: 20_000 });
      caller.abort(new Error("customer wrote again"));
      await expect(recalling).rejects.toThrow(/customer wrote again|aborted/);
    }
  });

  it("names an answer that it cannot read, without its contents", async () => {
    standIn.faults.push({ kind: "body", body: "<html>secret</html>" });
    const failure = await failureOf(recall());
    expect(failure.message).toContain("unreadable answer");
    expect(String(failure.stack)).not.toContain("secret");
    standIn.faults.push({ kind: "body", body: '{"results":[{"id":7}]}' });
    expect((await failureOf(recall())).message).toContain("unreadable answer");
  });

  it("passes over memories that are not its own", async () => {
    standIn.put({ memory: "reset password by hand", user_id: "test:answers", metadata: null });
    await remember();
    expect(await recall()).toHaveLength(1);
    expect(await memory.findAnswers(null, 10, signal)).toHaveLength(1);
    const [foreign] = standIn.memories();
    expect(await memory.forgetAnswer(String(foreign?.id), signal)).toBe(false);
    expect(standIn.memories()).toHaveLength(2);
  });
});

describe("a self-hosted Mem0 from before `infer`", () => {
  it("is found out by what it stores", async () => {
    const standIn = await startMem0StandIn("server");
    const memory = createMem0Memory({
      kind: "server",
      apiKey: standIn.apiKey,
      baseUrl: standIn.url,
      namespace: "test",
      timeoutMs: 500,
    });
    const body = '{"results":[{"id":"1","memory":"Likes passwords","event":"ADD"}]}';
    standIn.faults.push({ kind: "body", body });
    const failure = await failureOf(memory.rememberAnswers([answerOf({ partId: null })], signal));
    expect(failure.message).toContain("update the Mem0 server");
    await standIn.close();
  });
});

async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof UpstreamError)) throw new Error(`no UpstreamError: ${failure}`);
  return failure;
}
