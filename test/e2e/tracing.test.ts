import { spawnSync } from "node:child_process";
import { afterEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { type SentSpan, startCollector } from "../stand-ins/collector.ts";
import { startWorld, type World } from "./world.ts";

const root = new URL("../..", import.meta.url).pathname;

let world: World | null = null;
let collector: Awaited<ReturnType<typeof startCollector>>;
afterEach(async () => {
  await world?.stop();
  world = null;
  await collector?.stop();
});

async function start(changes: Record<string, string> = {}) {
  collector = await startCollector();
  world = await startWorld({
    NODE_OPTIONS: "--import ./src/tracing.ts",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
    ...changes,
  });
  return world;
}

const rootOf = (conversationId: string): SentSpan => {
  const found = collector.spans.find(
    ({ name, attributes }) =>
      name === "journey" && attributes["gen_ai.conversation.id"] === conversationId,
  );
  if (found === undefined) throw new Error("no trace yet");
  return found;
};
const partsOf = ({ traceId, spanId }: SentSpan) =>
  collector.spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId);

it("sends a trace of a journey to a collector, without a word of anybody", {
  timeout: 60_000,
}, async () => {
  const { ask, replies, service } = await start({ OTEL_SERVICE_NAME: "answers" });
  // The sweep at the start must not find the message before its notification comes.
  await eventually(() => expect(service().logged("sweep")).toHaveLength(1));
  const { conversationId } = await ask("How do I reset my very secret password?");
  await eventually(() => expect(replies(conversationId)).toHaveLength(1));
  await eventually(() => expect(rootOf(conversationId).attributes).toBeDefined());

  const journey = rootOf(conversationId);
  expect(journey.attributes).toMatchObject({
    "responder.hint": "webhook",
    "responder.outcome": "replied",
    "responder.decision": "reply",
    "responder.reason": "confident",
  });
  const parts = partsOf(journey);
  const names = parts.map(({ name }) => name);
  const model = names.find((name) => name.startsWith("chat ")) ?? "";
  for (const name of ["webhook", "read", "recall", model, "reply"]) expect(names).toContain(name);
  const at = (name: string) =>
    BigInt(parts.find((span) => span.name === name)?.startTimeUnixNano ?? 0);
  expect([at("webhook"), at("recall"), at(model), at("reply")]).toEqual(
    [at("webhook"), at("recall"), at(model), at("reply")].sort((a, b) => Number(a - b)),
  );
  for (const { startTimeUnixNano, endTimeUnixNano } of parts) {
    expect(BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(journey.startTimeUnixNano));
    expect(BigInt(endTimeUnixNano)).toBeLessThanOrEqual(BigInt(journey.endTimeUnixNano));
  }

  const call = parts.find(({ name }) => name === model);
  expect(call?.kind).toBe(3);
  expect(call?.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": model.slice("chat ".length),
    "gen_ai.conversation.id": conversationId,
    "gen_ai.usage.input_tokens": expect.any(Number),
    "gen_ai.usage.output_tokens": expect.any(Number),
  });
  expect(collector.resources[0]).toMatchObject({ "service.name": "answers" });
  const [reply = ""] = replies(conversationId);
  const said = reply.replaceAll(/<[^>]*>/g, "").slice(0, 20);
  expect(said).not.toBe("");
  expect(collector.text()).not.toMatch(/secret|Ada|password/);
  expect(collector.text()).not.toContain(said);
  expect(service().output()).not.toContain("No more traces");
});

it("marks what went wrong, and sends the last ones before it ends", {
  timeout: 60_000,
}, async () => {
  const { intercom, ask, service } = await start({ OTEL_BSP_SCHEDULE_DELAY: "60000" });
  intercom.setFault(({ method, path }) =>
    method === "GET" && /conversations\/\d+$/.test(path)
      ? { kind: "status", status: 401, when: "before" }
      : null,
  );
  const { conversationId } = await ask("Hello?");
  await eventually(() =>
    expect(service().logged("journey failed, trying again").length).toBeGreaterThan(0),
  );
  expect(await service().terminate()).toBe(0);
  expect(rootOf(conversationId)).toMatchObject({
    attributes: { "error.type": "UpstreamError" },
    status: { code: 2, message: expect.stringMatching(/^\[intercom\] GET .*401/) },
  });
});

it("answers as well where no collector is", { timeout: 60_000 }, async () => {
  const { ask, replies, service } = await start();
  await collector.stop();
  const { conversationId } = await ask("How do I reset my password?");
  await eventually(() => expect(replies(conversationId)).toHaveLength(1));
  expect(await service().terminate()).toBe(0);
  collector = await startCollector();
});

it("says what to install where its packages are not", () => {
  const missing = `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name.startsWith("@opentelemetry/")) throw new Error("not found");
      return next(name, context);
    } });`;
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...["--import", `data:text/javascript,${encodeURIComponent(missing)}`],
      ...["--import", "./src/tracing.ts", "--eval", "0"],
    ],
    { cwd: root, encoding: "utf8" },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/npm install --save-prod @opentelemetry\/api/);
});
