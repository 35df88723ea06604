import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
  const withRules = await measure("./service.ts", usingCustomers);
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
    figures: [
      figure(0.5, 5),
      figure(0.99, 15),
      processorTime,
      figureWithRules(withRules, ours, 0.5),
      figureWithRules(withRules, ours, 0.99),
      processorTimeWithRules(withRules, ours),
      waitWithRules(withRules, 0.5),
      waitWithRules(withRules, 0.99),
    ],
    connections: ours.connections,
  };
}

/** A policy that needs contact, segments and office hours for each decision, and changes none. */
const usingCustomers = `
mode: auto
contact_attributes: [country, segments]
office_hours: { time_zone: Europe/Berlin, monday: 09:00-17:00, friday: 09:00-15:00 }
escalate:
  - { name: at-risk-at-night, when: { segment: At risk, office_hours: closed }, then: review }
`;

/**
 * The overhead under that policy beside the one without a file. What it asks for is no part of the
 * critical path as it is counted here: had anything to wait for it, that would stand in this figure,
 * and one more hop is as much as it may be.
 */
function figureWithRules(withRules: Measured, ours: Measured, share: number): Figure {
  const [value, reference] = [withRules, ours].map(({ overheadsMs }) =>
    percentile(overheadsMs, share),
  ) as [number, number];
  return {
    name: `… with contact, segments and hours, p${share * 100}`,
    value,
    unit: "ms",
    goal: { of: "value", atMost: Math.round(reference + journeyLoad.serviceMs) },
    reference: { name: "no policy file", value: reference },
    ratio: value / reference,
  };
}

function processorTimeWithRules(withRules: Measured, ours: Measured): Figure {
  return {
    name: "… processor time for each journey",
    value: withRules.cpuMs,
    unit: "ms",
    goal: null,
    reference: { name: "no policy file", value: ours.cpuMs },
    ratio: withRules.cpuMs / ours.cpuMs,
  };
}

/** Everything is asked for beside the reading of the conversation; one more hop is as much as it may cost. */
function waitWithRules({ waitsMs }: Measured, share: number): Figure {
  return {
    name: `… there later than the conversation, p${share * 100}`,
    value: percentile(waitsMs, share),
    unit: "ms",
    goal: { of: "value", atMost: journeyLoad.serviceMs },
    reference: null,
    ratio: null,
  };
}

type Measured = {
  overheadsMs: number[];
  /** How much later than the conversation the last was there that is known of the customer. */
  waitsMs: number[];
  /** Of the whole process, for each journey. */
  cpuMs: number;
  connections: string;
};

async function measure(script: string, policy: string | null = null): Promise<Measured> {
  const { perSecond, seconds, warmUpSeconds, modelMs, serviceMs } = journeyLoad;
  const watch = watchStandIns();
  const [intercom, openai, mem0, dataDir] = await Promise.all([
    startIntercomStandIn({ latencyMs: serviceMs, rateLimit: Number.POSITIVE_INFINITY }),
    startOpenAIStandIn(),
    startMem0StandIn("platform"),
    mkdtemp(join(tmpdir(), "auto-responder-bench-")),
  ]);
  const policyFile = join(dataDir, "policy.yaml");
  if (policy !== null) await writeFile(policyFile, policy);
  openai.setLatency(modelMs);
  mem0.latencyMs = serviceMs;
  const conversationOfContact = new Map<string, string>();
  watch.follow(intercom.requests, ({ method, path }) => {
    const contact = /^\/contacts\/([\w-]+)/.exec(path)?.[1];
    if (contact !== undefined) {
      const conversation = conversationOfContact.get(contact);
      return conversation === undefined ? null : { conversation, kind: "customer" };
    }
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
    ...(policy === null ? {} : { POLICY_FILE: policyFile }),
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
      const { author } = intercom.conversation(conversationId).source;
      conversationOfContact.set(author.id, conversationId);
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
    const isAsked = (one: string) =>
      watch.exchangesOf(one).filter(({ kind }) => kind === "customer").length === 2;
    if (policy !== null && ![...postedAt.keys()].every(isAsked)) {
      throw new Error("contact and segments were not asked for each conversation");
    }
    const waitsMs = [...postedAt.keys()].map((one) => waitForCustomer(watch.exchangesOf(one)));
    return {
      overheadsMs,
      waitsMs,
      cpuMs,
      connections: `connections opened: ${connections.join(", ")}`,
    };
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

/** 0 where all of it was there before the conversation, and where nothing was asked for. */
function waitForCustomer(exchanges: Exchange[]): number {
  const answered = (kind: ExchangeKind) =>
    exchanges.filter((exchange) => exchange.kind === kind).map(({ answeredAt }) => answeredAt);
  const [read = Number.NaN] = answered("read");
  return Math.max(0, ...answered("customer").map((at) => at - read));
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
