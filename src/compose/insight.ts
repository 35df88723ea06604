import { existsSync } from "node:fs";
import { join } from "node:path";
import { Router } from "express";
import { createInsightFile } from "../adapters/insight-file/insight-file.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import type { Config } from "../config.ts";
import type { InsightData, InsightStore } from "../core/insight/insight-run.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Log } from "../core/ports.ts";
import type { Conversation } from "../core/types.ts";
import type { Access } from "../http/pages/access.ts";
import { createRedact } from "../lib/redact.ts";
import type { KeptBeside } from "./kept-beside.ts";
import { dataFolder } from "./memory.ts";
import type { Shadow } from "./shadow.ts";

const readTimeoutMs = 10_000;

/** Where `npm run insight` leaves what the page shows. */
export function insightStore(config: Config): InsightStore {
  const folder = dataFolder(config);
  return createInsightFile(folder, () => makeDataFolder(folder));
}

/** What the page keeps of customers goes when they are to be forgotten. */
export function createInsightForgetting(config: Config, log: Log): KeptBeside {
  const store = insightStore(config);
  const change = (how: (data: InsightData) => InsightData) => {
    if (!existsSync(join(dataFolder(config), "insight.json"))) return;
    const data = store.read();
    if (data !== null) store.write(how(data));
  };
  return {
    async forget(conversationId) {
      try {
        change((data) => ({
          ...data,
          conversations: data.conversations.filter(({ id }) => id !== conversationId),
        }));
      } catch (error) {
        log.error({ conversationId, error }, "insight.json still knows of the conversation");
      }
    },
    async forgetBefore(time) {
      change((data) => ({
        ...data,
        conversations: data.conversations.map((one) =>
          one.updatedAt < time ? { ...one, gap: null } : one,
        ),
      }));
    },
  };
}

/**
 * `/insight`; what it takes is loaded when somebody asks for it. In mock mode it counts, at that
 * moment, what was typed on the chat page.
 *
 * @param ports.tried the chat page's conversations
 */
export function createInsight(
  config: Config,
  ports: {
    access: Access;
    memory: Pick<AnswerMemory, "findVerdicts">;
    shadow: Pick<Shadow, "ifThere">;
    tried(): Conversation[];
  },
): Router {
  let loading: Promise<Router> | null = null;
  const routes = Router();
  routes.use(async (request, response, next) => {
    if (!/^\/insight(?:\/|$)/.test(request.path)) return next();
    loading ??= load();
    return (await loading)(request, response, next);
  });
  return routes;

  async function load(): Promise<Router> {
    const { createInsightRoutes } = await import("../http/insight/routes.ts");
    const { shadowSummary } = await import("../core/proving/shadow-summary.ts");
    const store = insightStore(config);
    return createInsightRoutes({
      access: ports.access,
      isMock: config.isMock,
      clock: Date.now,
      async read() {
        const data = config.isMock ? await triedOut() : store.read();
        if (data === null) return null;
        const shadow = await ports.shadow.ifThere();
        return { data, shadow: shadow === null ? null : shadowSummary(shadow.all()) };
      },
    });
  }

  async function triedOut(): Promise<InsightData> {
    const { conversationFacts } = await import("../core/insight/conversation-facts.ts");
    const { verdictsIn } = await import("../core/insight/verdict-facts.ts");
    const redact = createRedact(config.redactPatterns);
    const stored = await ports.memory.findVerdicts(AbortSignal.timeout(readTimeoutMs));
    return {
      ...verdictsIn(stored, true),
      builtAt: Date.now(),
      since: 0,
      memories: {},
      conversations: ports.tried().map((one) => conversationFacts(one, redact)),
    };
  }
}
