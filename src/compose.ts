import type { Express } from "express";
import { createIntercom, type Intercom } from "./adapters/intercom/intercom.ts";
import { createMem0Memory } from "./adapters/mem0/mem0-memory.ts";
import { createBuiltInDrafter } from "./adapters/mock/built-in-drafter.ts";
import { createMockInbox, type MockInbox } from "./adapters/mock/mock-inbox.ts";
import { createMockReviews, createNoReviews } from "./adapters/mock/mock-reviews.ts";
import { createOpenAIEmbedder } from "./adapters/openai/embedder.ts";
import { createOpenAIDrafter } from "./adapters/openai/openai-drafter.ts";
import { loadPrompts } from "./adapters/openai/prompts.ts";
import {
  createInProcessQueue,
  type InProcessQueue,
  type QueueOptions,
} from "./adapters/queue/in-process-queue.ts";
import { createSqliteHelpCenter } from "./adapters/sqlite/passages.ts";
import { createSqliteMemory } from "./adapters/sqlite/sqlite-memory.ts";
import type { Config } from "./config.ts";
import { answerConversation, type JourneyPorts } from "./core/answer-conversation.ts";
import type { AnswerMemory } from "./core/answer-memory.ts";
import { createArticleRefresh } from "./core/article-refresh.ts";
import {
  createDependencyHealth,
  type DependencyHealth,
  watched,
} from "./core/dependency-health.ts";
import { createLastLooks } from "./core/last-looks.ts";
import type { Drafter, Log, Reviews } from "./core/ports.ts";
import { withRedaction } from "./core/redacted-memory.ts";
import { createSweep, type Sweep } from "./core/sweep.ts";
import { createTurnRecord } from "./core/turn-record.ts";
import type { JourneyReport } from "./core/types.ts";
import { createAdminGuard } from "./http/admin-guard.ts";
import { createApp } from "./http/app.ts";
import { createMemoryRoutes } from "./http/memory-routes.ts";
import { messageText } from "./lib/message-text.ts";
import { createRedact } from "./lib/redact.ts";
import { sleep } from "./lib/sleep.ts";

/** Webhooks of the mock mode are signed too, with a secret that is none. */
export const mockWebhookSecret = "mock-mode-has-no-secret";

export type Service = {
  app: Express;
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
  const intercom =
    config.isMock || config.intercom === null ? null : createIntercom({ ...config.intercom, log });
  const memory = withRedaction(createMemory(config, log), createRedact(config.redactPatterns));
  const health = createDependencyHealth(
    ["intercom", "help center", "model", "memory", "slack"],
    clock,
  );
  const looks = createLastLooks();
  const record = createTurnRecord();
  const helpCenter = createHelpCenter(config, intercom, health, log);
  const doors = watched(
    {
      inbox: intercom === null ? mockInbox : intercom.inbox,
      drafter: createDrafter(config, log),
      memory,
      reviews: createReviews(config, log),
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
  const sweeping = startable(sweep, config.sweepIntervalMs, health, log);
  let workspaceId: string | null = null;

  const app = createApp({
    webhook: {
      secret: config.intercom?.webhookSecret ?? mockWebhookSecret,
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
    adminGuard: config.isMock ? null : createAdminGuard(config.adminToken),
    adminRoutes: [createMemoryRoutes({ memory, log })],
    log,
  });

  return {
    app,
    mockInbox,
    start() {
      void sweeping.start();
      void helpCenter.start();
      if (intercom !== null) {
        void checkIntercom(intercom, health, log).then((id) => {
          workspaceId = id;
        });
      }
    },
    async stop() {
      sweeping.stop();
      helpCenter.stop();
      const unfinished = await queue.drain(drainTimeoutMs);
      if (unfinished > 0) log.warn({ unfinished }, "stopped before all journeys had ended");
      memory.close();
      helpCenter.close();
    },
  };
}

function createMemory(config: Config, log: Log): AnswerMemory {
  const { mem0, model, dataDir } = config;
  if (mem0 !== null) {
    return createMem0Memory({ ...mem0, namespace: "auto-responder", timeoutMs: mem0TimeoutMs });
  }
  const embedder =
    model === null || model.embeddingModel === null
      ? null
      : createOpenAIEmbedder({ ...model, model: model.embeddingModel });
  return createSqliteMemory({ directory: dataDir, embedder, log });
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
  const refresh =
    intercom === null
      ? async () => {}
      : createArticleRefresh({
          source: intercom.articles,
          index,
          log,
          signal: stopping.signal,
          onRead: (error) =>
            error === null ? health.ok("help center") : health.failing("help center", error),
        }).refresh;
  return {
    search: index.search,
    refresh: () => void refresh(),
    async start() {
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
  if (config.model === null) return createBuiltInDrafter();
  return createOpenAIDrafter({ ...config.model, prompts: loadPrompts(promptsDirectory), log });
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
