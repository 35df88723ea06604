import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { startOpenAIStandIn, unansweredMessagesIn } from "../stand-ins/openai.ts";
import { startChildServer } from "./child-server.ts";
import { type Figure, percentile } from "./figures.ts";
import { type Exchange, type ExchangeKind, watchStandIns } from "./watched-stand-ins.ts";
import { sendAtRate, webhookRequest } from "./webhook-load.ts";

export const journeyLoad = {
  perSecond: 50,
  seconds: 15,
  /** Longer than the two seconds in which a new process sends no reply. */
  warmUpSeconds: 6,
  modelMs: 300,
  serviceMs: 20,
  /** 50 a second for about half a second each, and some to spare. */
  parallelConversations: 64,
};

const lastReplyWithinMs = 10_000;
const secret = "bench-secret";

/**
 * The service between stand-ins that take their time, at a fixed rate of new conversations. The
 * overhead is what lies between a webhook and its reply beyond the waiting for others: the slower
 * of reading and recalling, the model, and the reading before the reply, each as long as it took.
 * Measured before it, for comparison: a service that makes the same calls and nothing else.
 */
export async function benchJourney(): Promise<{ figures: Figure[]; connections: string }> {
  const thin = await measure("./thin-service.ts");
  const ours = await measure("./service.ts");
  const figure = (share: number, atMost: number): Figure => {
    const [value, reference] = [ours, thin].map(({ overheadsMs }) =>
      percentile(overheadsMs, share),
    ) as [number, number];
    return {
      name: `overhead of a journey at ${journeyLoad.perSecond}/s, p${share * 100}`,
      value,
      unit: "ms",
      goal: { of: "value", atMost },
      reference: { name: "the calls alone", value: reference },
      ratio: value / reference,
    };
  };
  const processorTime: Figure = {
    name: "processor time for each journey",
    value: ours.cpuMs,
    unit: "ms",
    goal: null,
    reference: { name: "the calls alone", value: thin.cpuMs },
    ratio: ours.cpuMs / thin.cpuMs,
  };
  return {
    figures: [figure(0.5, 5), figure(0.99, 15), processorTime],
    connections: ours.connections,
  };
}

type Measured = {
  overheadsMs: number[];
  /** Of the whole process, for each journey. */
  cpuMs: number;
  connections: string;
};

async function measure(script: string): Promise<Measured> {
  const { perSecond, seconds, warmUpSeconds, modelMs, serviceMs } = journeyLoad;
  const watch = watchStandIns();
  const [intercom, openai, mem0, dataDir] = await Promise.all([
    startIntercomStandIn({ latencyMs: serviceMs, rateLimit: Number.POSITIVE_INFINITY }),
    startOpenAIStandIn(),
    startMem0StandIn("platform"),
    mkdtemp(join(tmpdir(), "auto-responder-bench-")),
  ]);
  openai.setLatency(modelMs);
  mem0.latencyMs = serviceMs;
  watch.follow(intercom.requests, ({ method, path }) => {
    const [, conversationId, action] = /^\/conversations\/(\d+)(\/reply)?$/.exec(path) ?? [];
    const kind = method === "POST" && action !== undefined ? "reply" : "read";
    return conversationId === undefined ? null : { conversation: conversationId, kind };
  });
  const conversationOfQuestion = new Map<string, string>();
  const about = (text: string, kind: ExchangeKind) => {
    const conversation = conversationOfQuestion.get(/Question \d+/.exec(text)?.[0] ?? "");
    return conversation === undefined ? null : { conversation, kind };
  };
  watch.follow(openai.requests, (request) => about(unansweredMessagesIn(request).join(), "draft"));
  watch.follow(mem0.requests, ({ path, body }) =>
    path === "/v3/memories/search/" ? about(String(Object(body).query), "recall") : null,
  );

  const service = await startChildServer(script, {
    INTERCOM_ACCESS_TOKEN: intercom.accessToken,
    INTERCOM_WEBHOOK_SECRET: secret,
    REPLY_MODE: "auto",
    INTERCOM_ADMIN_ID: intercom.adminId,
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    OPENAI_BASE_URL: openai.url,
    MEM0_API_KEY: mem0.apiKey,
    MEM0_BASE_URL: mem0.url,
    QUIET_PERIOD_MS: "0",
    PARALLEL_CONVERSATIONS: String(journeyLoad.parallelConversations),
    DATA_DIR: dataDir,
  });
  try {
    const postedAt = new Map<string, number>();
    let questions = 0;
    const nextWebhook = () => {
      questions += 1;
      const question = `Question ${questions}`;
      const { conversationId, partId } = intercom.customerWrites(
        null,
        `${question}: how do I move our invoices to another address?`,
        { name: "Ada Lovelace" },
      );
      conversationOfQuestion.set(question, conversationId);
      const request = webhookRequest(secret, JSON.stringify(intercom.webhookFor(partId)));
      postedAt.set(conversationId, performance.now());
      return request;
    };
    await sendAtRate(service.port, nextWebhook, { perSecond, seconds: warmUpSeconds });
    await pause(1_000);
    postedAt.clear();
    const before = await service.usage();
    await sendAtRate(service.port, nextWebhook, { perSecond, seconds });
    await allReplied([...postedAt.keys()], watch.exchangesOf);
    const cpuMs = ((await service.usage()).cpuMs - before.cpuMs) / postedAt.size;

    const overheadsMs = [...postedAt].map(([conversation, at]) =>
      overheadOf(at, watch.exchangesOf(conversation)),
    );
    const hosts = { Intercom: intercom.baseUrl, model: openai.url, memory: mem0.url };
    const connections = Object.entries(hosts).map(
      ([name, url]) => `${name} ${watch.connectionsTo(url)} for ${watch.requestsTo(url)} requests`,
    );
    return { overheadsMs, cpuMs, connections: `connections opened: ${connections.join(", ")}` };
  } finally {
    watch.stop();
    await service.stop();
    await Promise.all([intercom.stop(), openai.close(), mem0.close()]);
    await rm(dataDir, { recursive: true, force: true });
  }
}

function overheadOf(postedAt: number, exchanges: Exchange[]): number {
  const ms = (kind: ExchangeKind) =>
    exchanges
      .filter((exchange) => exchange.kind === kind)
      .map(({ arrivedAt, answeredAt }) => answeredAt - arrivedAt);
  const [read = Number.NaN, readAgain = Number.NaN] = ms("read");
  const criticalPathMs = Math.max(read, ...ms("recall")) + Math.max(...ms("draft")) + readAgain;
  const reply = exchanges.find(({ kind }) => kind === "reply");
  return (reply?.arrivedAt ?? Number.NaN) - postedAt - criticalPathMs;
}

async function allReplied(
  conversations: string[],
  exchangesOf: (conversation: string) => Exchange[],
): Promise<void> {
  const deadline = performance.now() + lastReplyWithinMs;
  const isReplied = (conversation: string) =>
    exchangesOf(conversation).some(({ kind }) => kind === "reply");
  while (!conversations.every(isReplied)) {
    if (performance.now() > deadline) {
      const missing = conversations.filter((conversation) => !isReplied(conversation)).length;
      throw new Error(`${missing} of ${conversations.length} conversations got no reply`);
    }
    await pause(100);
  }
}
