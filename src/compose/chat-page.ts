import type { Intercom } from "../adapters/intercom/intercom.ts";
import { demoExamples } from "../adapters/mock/demo.ts";
import { createMockInbox } from "../adapters/mock/mock-inbox.ts";
import { createInProcessQueue, type InProcessQueue } from "../adapters/queue/in-process-queue.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Drafter, HelpCenter, Log } from "../core/ports.ts";
import { tryOutPrefix } from "../core/try-out.ts";
import { type Chat, createChat } from "../http/chat/chat.ts";
import type { PastRuns } from "../http/chat/past-routes.ts";
import type { Access } from "../http/pages/access.ts";
import { createOtherDrafter, otherPromptSets } from "./drafter.ts";
import type { LookUps } from "./look-ups.ts";

const chatParallel = 4;
const sourceExamples = 4;
/** What is being tried out need not hold up a restart. */
const chatDrainTimeoutMs = 1_000;

/** The page's conversations live in an inbox of their own, and go the way of every other. */
export function createChatPage(
  config: Config,
  log: Log,
  ports: {
    drafter: Drafter;
    memory: AnswerMemory;
    helpCenter: HelpCenter & { sourceTitles(limit: number): string[] };
    intercom: Intercom | null;
    access: Access;
    lookUps: Pick<LookUps, "hoursIn">;
  },
): (Chat & { stop(): Promise<void> }) | null {
  if (!config.isChatEnabled) return null;
  const { intercom, lookUps, ...shared } = ports;
  const queues: InProcessQueue[] = [];
  let past: Promise<PastRuns & { stop(): void }> | null = null;
  // Outside mock mode texts belong in the log at debug level only.
  const inboxLog = config.isMock ? log : withoutTexts(log);
  const chat = createChat({
    ...shared,
    inbox: lookUps.hoursIn(
      createMockInbox({ clock: Date.now, log: inboxLog, idPrefix: tryOutPrefix }),
    ),
    createQueue(work) {
      const options = { parallel: chatParallel, retryDelaysMs: [], log };
      const queue = createInProcessQueue({ ...options, work });
      queues.push(queue);
      return queue;
    },
    policy: () => config.policy,
    remembersAll: config.isMock,
    readConversation: config.mockReadsIntercom ? (intercom?.inbox.read ?? null) : null,
    drafterWith: (name) => createOtherDrafter(config, name, log),
    promptSets: otherPromptSets,
    hasModel: config.model !== null,
    examples: () => examplesFor(config, ports.helpCenter.sourceTitles),
    loadPast() {
      past ??= import("./past-runs.ts")
        .then(({ createPastRuns }) =>
          createPastRuns(config, { ...shared, archive: intercom?.archive ?? null }, log),
        )
        .catch((error: unknown) => {
          past = null;
          throw error;
        });
      return past;
    },
    clock: Date.now,
    log,
  });
  return {
    ...chat,
    async stop() {
      chat.close();
      past?.then(
        (runs) => runs.stop(),
        () => {},
      );
      await Promise.all(queues.map((queue) => queue.drain(chatDrainTimeoutMs)));
    },
  };
}

/** What there is to ask: the demo's questions, or the titles of the knowledge that stands in for it. */
function examplesFor(config: Config, sourceTitles: (limit: number) => string[]) {
  if (!config.isMock) return [];
  if (config.knowledgeSources.length === 0) return demoExamples();
  return sourceTitles(sourceExamples).map((title) => ({
    title: "From your files",
    messages: [/[?？]$/.test(title) ? title : `${title}?`],
  }));
}

function withoutTexts(log: Log): Log {
  return {
    debug: (values, event) => log.debug(values, event),
    info: (values, event) => log.debug(values, event),
    warn: (values, event) => log.warn(values, event),
    error: (values, event) => log.error(values, event),
  };
}
