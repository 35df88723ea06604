import type { Intercom } from "../adapters/intercom/intercom.ts";
import { demoExamples, forgetDemo } from "../adapters/mock/demo.ts";
import { createMockInbox } from "../adapters/mock/mock-inbox.ts";
import { createInProcessQueue, type InProcessQueue } from "../adapters/queue/in-process-queue.ts";
import { siteAt } from "../config/knowledge-sources.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { SourceState } from "../core/knowledge/source-states.ts";
import type { KnowledgeSource } from "../core/knowledge-source.ts";
import type { Drafter, HelpCenter, Log } from "../core/ports.ts";
import { tryOutPrefix } from "../core/try-out.ts";
import type { Conversation } from "../core/types.ts";
import { type Chat, createChat } from "../http/chat/chat.ts";
import type { ChatKnowledge } from "../http/chat/knowledge-routes.ts";
import type { PastRuns } from "../http/chat/past-routes.ts";
import type { Access } from "../http/pages/access.ts";
import type { Attachments } from "./attachments.ts";
import { createOtherDrafter, otherPromptSets } from "./drafter.ts";
import type { LookUps } from "./look-ups.ts";

const chatParallel = 4;
const sourceExamples = 4;
/** On a page that everybody on this machine may open. */
const mostSources = 5;
/** What is being tried out need not hold up a restart. */
const chatDrainTimeoutMs = 1_000;

/** The page's conversations live in an inbox of their own, and go the way of every other. */
export function createChatPage(
  config: Config,
  log: Log,
  ports: {
    drafter: Drafter;
    memory: AnswerMemory;
    helpCenter: HelpCenter & {
      sources(): SourceState[];
      examples(limit: number): Promise<string[]>;
      answerFrom(source: KnowledgeSource): Promise<void>;
    };
    intercom: Intercom | null;
    access: Access;
    lookUps: Pick<LookUps, "hoursIn">;
    attachments: Pick<Attachments, "opener" | "sight">;
  },
): Chat & { stop(): Promise<void>; tried(): Conversation[] } {
  const { intercom, lookUps, ...shared } = ports;
  const queues: InProcessQueue[] = [];
  let past: Promise<PastRuns & { stop(): void }> | null = null;
  // Outside mock mode texts belong in the log at debug level only.
  const inboxLog = config.isMock ? log : withoutTexts(log);
  const inbox = createMockInbox({ clock: Date.now, log: inboxLog, idPrefix: tryOutPrefix });
  const chat = createChat({
    ...shared,
    inbox: lookUps.hoursIn(inbox),
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
    examples: () => (hasDemo(config, ports.helpCenter) ? demoExamples() : []),
    knowledge: config.isMock ? knowledgeOf(ports) : null,
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
    /** What was typed so far. */
    tried: inbox.all,
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

/** Whether the made-up company is what is answered from. */
function hasDemo({ isMock }: Config, helpCenter: { sources(): SourceState[] }): boolean {
  return isMock && helpCenter.sources().length === 0;
}

function knowledgeOf({
  helpCenter,
  memory,
}: Pick<Parameters<typeof createChatPage>[2], "helpCenter" | "memory">): ChatKnowledge {
  return {
    sources: helpCenter.sources,
    async examples() {
      const questions = await helpCenter.examples(sourceExamples);
      return questions.map((question) => ({
        title: "From your documentation",
        messages: [question],
      }));
    },
    answerFrom(address) {
      const site = siteAt(address);
      if (typeof site === "string") return site;
      const sources = helpCenter.sources();
      if (sources.some(({ name }) => name === site.name)) return "It is being read already.";
      if (sources.length >= mostSources) return "These are enough sites: start the mock anew.";
      void forgetDemo(memory).finally(() => helpCenter.answerFrom(site));
      return null;
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
