import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import { createIntercom, type Intercom } from "./adapters/intercom/intercom.ts";
import { createMem0Memory } from "./adapters/mem0/mem0-memory.ts";
import { createBuiltInDrafter } from "./adapters/mock/built-in-drafter.ts";
import { createDemoArticles, demoExamples, fillWithDemo } from "./adapters/mock/demo.ts";
import { createMockInbox, type MockInbox } from "./adapters/mock/mock-inbox.ts";
import { createMockReviews, createNoReviews } from "./adapters/mock/mock-reviews.ts";
import { createOverlayMemory } from "./adapters/mock/overlay-memory.ts";
import { createReadingInbox } from "./adapters/mock/reading-inbox.ts";
import { createOpenAIEmbedder } from "./adapters/openai/embedder.ts";
import { createOpenAIDrafter } from "./adapters/openai/openai-drafter.ts";
import { loadPrompts } from "./adapters/openai/prompts.ts";
import { createReloadingPrompts } from "./adapters/openai/reloading-prompts.ts";
import {
  createInProcessQueue,
  type InProcessQueue,
  type QueueOptions,
} from "./adapters/queue/in-process-queue.ts";
import { createSlackReviews, type SlackReviews } from "./adapters/slack/slack-reviews.ts";
import { createSqliteHelpCenter } from "./adapters/sqlite/passages.ts";
import { createSqliteMemory } from "./adapters/sqlite/sqlite-memory.ts";
import type { Config } from "./config.ts";
import { answerConversation, type JourneyPorts } from "./core/answer-conversation.ts";
import type { AnswerMemory } from "./core/answer-memory.ts";
import { createArticleRefresh } from "./core/article-refresh.ts";
import { type Backfill, createBackfill } from "./core/backfill.ts";
import {
  createDependencyHealth,
  type DependencyHealth,
  watched,
} from "./core/dependency-health.ts";
import { createLastLooks } from "./core/last-looks.ts";
import type { Drafter, HelpCenter, Inbox, Log, Reviews, WorkQueue } from "./core/ports.ts";
import { withRedaction } from "./core/redacted-memory.ts";
import type { SettlePorts } from "./core/settle-review.ts";
import { createSweep, type Sweep } from "./core/sweep.ts";
import { createTurnRecord } from "./core/turn-record.ts";
import type { JourneyReport } from "./core/types.ts";
import { createAdminGuard } from "./http/admin-guard.ts";
import { createApp } from "./http/app.ts";
import { type Chat, createChat } from "./http/chat/chat.ts";
import { createMemoryRoutes } from "./http/memory-routes.ts";
import { createSyncRoutes } from "./http/sync-routes.ts";
import { languageOf } from "./lib/language.ts";
import { messageText } from "./lib/message-text.ts";
import { createRedact } from "./lib/redact.ts";
import { sleep } from "./lib/sleep.ts";
import { mockSetupTable } from "./mock-setup.ts";

/** Webhooks of the mock mode are signed too, with a secret that is none. */
export const mockWebhookSecret = "mock-mode-has-no-secret";

export type Service = {
  app: Express;
  /** Takes over a connection that becomes a WebSocket, or ends it. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** To be awaited before the first request: in mock mode the demo is loaded. */
  prepare(): Promise<void>;
  /** Begins what runs by itself: the checks of the set-up and the sweep. Never waits for them. */
  start(): void;
  /** Lets the journeys under way finish, then lets go of everything. */
  stop(): Promise<void>;
  /** The stand-in for Intercom, in use in mock mode only. */
  mockInbox: MockInbox;
};

/** What a caller may listen to or replace; tests switch single safeguards off to prove their worth. */
export type ComposeOptions = {
  onReport?(report: JourneyReport): void;
  adjust?(ports: JourneyPorts): JourneyPorts;
  createQueue?(options: QueueOptions): InProcessQueue;
};

const retryDelaysMs = [2_000, 10_000, 60_000];
/** Longer than one sweep, so that what a killed process left behind is within reach of the next. */
const recentSweeps = 2;
const sweepRetryMs = 5_000;
const checkRetryMs = 30_000;
const drainTimeoutMs = 20_000;
/** Storing may take longer than a recall, which the journey itself bounds at two seconds. */
const mem0TimeoutMs = 10_000;
/** Mock mode does not wait longer for a memory that is not there. */
const demoTimeoutMs = 5_000;
const chatParallel = 4;
/** What is being tried out need not hold up a restart. */
const chatDrainTimeoutMs = 1_000;
const promptsDirectory = new URL("../prompts", import.meta.url).pathname;

/**
 * Builds the service from its configuration; the only place that knows real from mock.
 *
 * @throws PromptError when the prompts cannot be used
 */
export function compose(config: Config, log: Log, options: ComposeOptions = {}): Service {
  const clock = Date.now;
  const startedAt = clock();
  const mockInbox = createMockInbox({ clock, log });
  const intercom = config.intercom === null ? null : createIntercom({ ...config.intercom, log });
  const memory = withRedaction(createMemory(config, log), createRedact(config.redactPatterns));
  const health = createDependencyHealth(
    ["intercom", "help center", "model", "memory", "slack"],
    clock,
  );
  const looks = createLastLooks();
  const record = createTurnRecord();
  const helpCenter = createHelpCenter(config, intercom, health, log);
  const backfill =
    config.isMock || intercom === null ? null : createLearning(config, intercom, memory, log);
  const slack = createSlack(config, health, log, {
    queue: {
      add: (hint) => queue.add(hint),
      runAlone: (conversationId, work) => queue.runAlone(conversationId, work),
    },
    inbox: chooseInbox(config, intercom, mockInbox),
    memory,
    record,
  });
  const doors = watched(
    {
      inbox: chooseInbox(config, intercom, mockInbox),
      drafter: createDrafter(config, log),
      memory,
      reviews: slack?.reviews ?? createReviews(config, log),
    },
    health,
  );
  const journeyPorts: JourneyPorts = {
    ...doors,
    helpCenter,
    record,
    looks,
    clock,
    log,
    earliestReplyAt: config.isMock ? startedAt : startedAt + config.policy.settleMs,
    ...(options.onReport === undefined ? {} : { onReport: options.onReport }),
  };
  const ports = options.adjust?.(journeyPorts) ?? journeyPorts;

  const queue = (options.createQueue ?? createInProcessQueue)({
    parallel: config.parallelConversations,
    retryDelaysMs,
    log,
    async work(hint, slot) {
      // Webhooks carry HTML or plain text; turning it into text can wait until there is time.
      await answerConversation(
        { ...hint, text: messageText(hint.text) },
        slot,
        ports,
        config.policy,
      );
    },
  });
  const sweep = createSweep(
    { inbox: ports.inbox, queue, looks, clock, log },
    {
      graceMs: config.sweepGraceMs,
      maxAgeMs: config.policy.maxAgeMs,
      recentMs: recentSweeps * config.sweepIntervalMs,
    },
  );
  const chat = createChatPage(config, log, { ...doors, helpCenter, intercom });
  const sweeping = startable(sweep, config.sweepIntervalMs, health, log);
  let workspaceId: string | null = null;

  const app = createApp({
    webhook: {
      secret: config.isMock ? mockWebhookSecret : (config.intercom?.webhookSecret ?? ""),
      queue,
      isOtherWorkspace: (appId) => workspaceId !== null && workspaceId !== appId,
      onArticlesChanged: helpCenter.refresh,
      log,
    },
    readiness: () => ({
      isReady: health.report().intercom?.state !== "failing",
      dependencies: health.report(),
      queued: queue.size(),
      givenUp: record.givenUpCount(),
      sweep: sweeping.state(),
    }),
    rawRoutes: slack === null || slack.router === null ? [] : [slack.router],
    adminGuard: config.isMock ? null : createAdminGuard(config.adminToken),
    adminRoutes: [createMemoryRoutes({ memory, log }), createSyncRoutes(backfill)],
    routes: chat === null ? [] : [chat.routes],
    log,
  });

  return {
    app,
    mockInbox,
    upgrade(request, connection, head) {
      if (chat === null) connection.destroy();
      else chat.upgrade(request, connection, head);
    },
    async prepare() {
      if (!config.isMock) return;
      log.info(
        {},
        `mock mode; nothing is written to Intercom or Slack:\n${mockSetupTable(config)}`,
      );
      await loadDemo(config, memory, helpCenter, log);
    },
    start() {
      if (!config.isMock) void sweeping.start();
      void helpCenter.start();
      slack?.start();
      if (intercom !== null) {
        void checkIntercom(intercom, health, log).then((id) => {
          workspaceId = id;
        });
      }
    },
    async stop() {
      sweeping.stop();
      helpCenter.stop();
      backfill?.stop();
      await chat?.stop();
      await slack?.stop();
      const unfinished = await queue.drain(drainTimeoutMs);
      if (unfinished > 0) log.warn({ unfinished }, "stopped before all journeys had ended");
      await backfill?.settled();
      memory.close();
      helpCenter.close();
    },
  };
}

/** In mock mode only reading reaches Intercom; writing stays in the mock. */
function chooseInbox(config: Config, intercom: Intercom | null, mockInbox: MockInbox): Inbox {
  if (intercom === null) return mockInbox;
  return config.isMock ? createReadingInbox(mockInbox, intercom.inbox.read) : intercom.inbox;
}

/**
 * What `npm run sync` needs, and nothing that answers customers.
 *
 * @returns `null` in mock mode, where Intercom is only stood in for
 */
export function composeBackfill(
  config: Config,
  log: Log,
): { backfill: Backfill; close(): void } | null {
  if (config.isMock || config.intercom === null) return null;
  const memory = withRedaction(createMemory(config, log), createRedact(config.redactPatterns));
  const intercom = createIntercom({ ...config.intercom, log });
  return { backfill: createLearning(config, intercom, memory, log), close: memory.close };
}

function createLearning(
  config: Config,
  { archive }: Intercom,
  memory: AnswerMemory,
  log: Log,
): Backfill {
  return createBackfill({
    archive,
    memory,
    clock: Date.now,
    log,
    sleep,
    newId: randomUUID,
    languageOf,
    redact: createRedact(config.redactPatterns),
  });
}

function createMemory(config: Config, log: Log): AnswerMemory {
  const { mem0, model, isMock } = config;
  if (mem0 !== null) {
    const mem0Memory = (namespace: string) =>
      createMem0Memory({ ...mem0, namespace, timeoutMs: mem0TimeoutMs });
    const real = mem0Memory("auto-responder");
    return isMock ? createOverlayMemory(real, mem0Memory("auto-responder-mock")) : real;
  }
  const embedder =
    model === null || model.embeddingModel === null
      ? null
      : createOpenAIEmbedder({ ...model, model: model.embeddingModel });
  // What is tried out must never be recalled for a customer.
  const directory = isMock ? join(config.dataDir, "mock") : config.dataDir;
  return createSqliteMemory({ directory, embedder, log });
}

/** The demo answers the first question; where something real is remembered, it would only disturb. */
async function loadDemo(
  config: Config,
  memory: AnswerMemory,
  helpCenter: { load(): Promise<void> },
  log: Log,
): Promise<void> {
  try {
    const wasEmpty = await fillWithDemo(memory, AbortSignal.timeout(demoTimeoutMs));
    if (config.intercom === null && (wasEmpty || config.mem0 === null)) await helpCenter.load();
  } catch (error) {
    log.warn({ error }, "the memory does not answer, so the demo is not loaded");
  }
}

/** The page's conversations live in an inbox of their own, and go the way of every other. */
function createChatPage(
  config: Config,
  log: Log,
  ports: {
    drafter: Drafter;
    memory: AnswerMemory;
    helpCenter: HelpCenter;
    intercom: Intercom | null;
  },
): (Chat & { stop(): Promise<void> }) | null {
  if (!config.isChatEnabled) return null;
  const { intercom, ...shared } = ports;
  const queues: InProcessQueue[] = [];
  // Outside mock mode texts belong in the log at debug level only.
  const inboxLog = config.isMock ? log : withoutTexts(log);
  const chat = createChat({
    ...shared,
    inbox: createMockInbox({ clock: Date.now, log: inboxLog, idPrefix: "chat-" }),
    createQueue(work) {
      const options = { parallel: chatParallel, retryDelaysMs: [], log };
      const queue = createInProcessQueue({ ...options, work });
      queues.push(queue);
      return queue;
    },
    policy: config.policy,
    remembersAll: config.isMock,
    access: {
      isOpen: config.isMock,
      isLocalOnly: config.isMock && isLoopback(config.host),
      adminToken: config.adminToken,
    },
    readConversation: config.mockReadsIntercom ? (intercom?.inbox.read ?? null) : null,
    examples: config.isMock ? demoExamples() : [],
    clock: Date.now,
    log,
  });
  return {
    ...chat,
    async stop() {
      chat.close();
      await Promise.all(queues.map((queue) => queue.drain(chatDrainTimeoutMs)));
    },
  };
}

function withoutTexts(log: Log): Log {
  return {
    debug: (values, event) => log.debug(values, event),
    info: (values, event) => log.debug(values, event),
    warn: (values, event) => log.warn(values, event),
    error: (values, event) => log.error(values, event),
  };
}

function isLoopback(host: string): boolean {
  return ["127.0.0.1", "::1", "localhost"].includes(host);
}

/** The articles as they were read last; read again at start, regularly, and when told so. */
function createHelpCenter(
  config: Config,
  intercom: Intercom | null,
  health: DependencyHealth,
  log: Log,
) {
  // What mock mode shows must not stay behind in the index of the real help center.
  const index = createSqliteHelpCenter(config.isMock ? ":memory:" : config.dataDir);
  const stopping = new AbortController();
  const demo = config.isMock ? createDemoArticles() : null;
  const source = intercom?.articles ?? demo;
  const refresh =
    source === null
      ? async () => {}
      : createArticleRefresh({
          source,
          index,
          log,
          signal: stopping.signal,
          onRead: (error) =>
            error === null ? health.ok("help center") : health.failing("help center", error),
        }).refresh;
  return {
    search: index.search,
    refresh: () => void refresh(),
    load: refresh,
    async start() {
      if (source === demo) return;
      while (!stopping.signal.aborted) {
        await refresh();
        await sleep(config.articlesRefreshMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
    close: index.close,
  };
}

function createDrafter(config: Config, log: Log): Drafter {
  const prompts = config.isMock
    ? createReloadingPrompts(promptsDirectory, log)
    : loadPrompts(promptsDirectory);
  if (config.model === null) return createBuiltInDrafter({ prompts });
  return createOpenAIDrafter({ ...config.model, prompts, log });
}

/** `null` where no Slack is configured: drafts that need a person become internal notes then. */
function createSlack(
  config: Config,
  health: DependencyHealth,
  log: Log,
  ports: Pick<SettlePorts, "inbox" | "memory" | "record"> & { queue: WorkQueue },
): SlackReviews | null {
  if (config.slack === null) return null;
  return createSlackReviews({
    ...config.slack,
    policy: config.policy,
    queue: ports.queue,
    settlePorts: { ...ports, rest: sleep, clock: Date.now, log },
    onOk: () => health.ok("slack"),
    onFailing: (error) => health.failing("slack", error),
    log,
  });
}

function createReviews(config: Config, log: Log): Reviews {
  return config.isMock ? createMockReviews({ log }) : createNoReviews();
}

/** Sweeps at once and then again and again, each pause counted from the end of the one before. */
function startable(sweep: Sweep, intervalMs: number, health: DependencyHealth, log: Log) {
  const stopping = new AbortController();
  const state = { lastAt: null as string | null, leftToPeople: 0 };
  const run = async (kind: "start" | "periodic") => {
    try {
      const { leftToPeople } = await sweep.run(kind);
      Object.assign(state, { lastAt: new Date().toISOString(), leftToPeople });
      health.ok("intercom");
      return true;
    } catch (error) {
      health.failing("intercom", error);
      log.warn({ error }, "sweep failed, trying again");
      return false;
    }
  };
  return {
    state: () => ({ ...state }),
    async start() {
      // Until it has worked once, it is the one at start: what a crash left behind must be found.
      let kind: "start" | "periodic" = "start";
      while (!stopping.signal.aborted) {
        if (await run(kind)) kind = "periodic";
        await sleep(kind === "start" ? sweepRetryMs : intervalMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
  };
}

/** Says at start whether the token works and in whose name replies go out; repeats until it knows. */
async function checkIntercom(
  intercom: Intercom,
  health: DependencyHealth,
  log: Log,
): Promise<string> {
  for (;;) {
    try {
      const workspace = await intercom.readWorkspace();
      const name = await intercom.readAdminName();
      health.ok("intercom");
      const values = { workspace: workspace.id, name: workspace.name, repliesAs: name };
      if (name === null) log.error(values, "INTERCOM_ADMIN_ID names nobody in this workspace");
      else log.info(values, "connected to Intercom");
      return workspace.id;
    } catch (error) {
      health.failing("intercom", error);
      log.error(
        { error },
        "Intercom does not answer as it should: check INTERCOM_ACCESS_TOKEN and INTERCOM_REGION",
      );
      await sleep(checkRetryMs);
    }
  }
}
