import { join } from "node:path";
import { createMem0Memory } from "../adapters/mem0/mem0-memory.ts";
import { fillWithDemo } from "../adapters/mock/demo.ts";
import { createOverlayMemory } from "../adapters/mock/overlay-memory.ts";
import type { Database } from "../adapters/postgres/database.ts";
import { createSqliteMemory } from "../adapters/sqlite/sqlite-memory.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import { withRedaction } from "../core/knowledge/redacted-memory.ts";
import { withSendableAnswers } from "../core/knowledge/sendable-sources.ts";
import type { Log } from "../core/ports.ts";
import type { QueryEmbedder } from "../lib/by-meaning/embedder.ts";
import { isPrivateAddress, withoutPrivateAddresses } from "../lib/private-address.ts";
import { createRedact } from "../lib/redact.ts";
import { createEmbedder } from "./embedding.ts";
import { openMemoryDatabase } from "./memory-database.ts";

/** Storing may take longer than a recall, which the journey itself bounds at two seconds. */
const mem0TimeoutMs = 10_000;
/** Mock mode does not wait longer for a memory that is not there. */
const demoTimeoutMs = 5_000;

/** What may be recalled of it holds no address of the team's own; the same goes for articles. */
export const teamAddresses = { isPrivate: isPrivateAddress, without: withoutPrivateAddresses };

/**
 * The folder of what is kept on this machine; what is tried out must never reach a customer. The
 * demo's answers stay there, so mock mode with knowledge of its own remembers in another one.
 */
export function dataFolder({ isMock, dataDir, hasOwnKnowledge }: Config): string {
  if (!isMock) return dataDir;
  return hasOwnKnowledge ? join(dataDir, "mock", "knowledge") : join(dataDir, "mock");
}

/**
 * The answer memory, for a command: it ends where the memory cannot be reached.
 *
 * @param embedder of the process, where it is shared with the articles
 * @throws DatabaseError where MEMORY_URL is set and cannot be used
 */
export async function openMemory(
  config: Config,
  log: Log,
  embedder = createEmbedder(config, log),
): Promise<AnswerMemory> {
  return createMemory(config, log, embedder, await openMemoryDatabase(config, log, "end"));
}

/**
 * The answer memory; secrets are masked before anything reaches it.
 *
 * @param embedder of the process, shared with the articles
 * @param database of MEMORY_URL, closed with the memory; `null` where none is set
 */
export async function createMemory(
  config: Config,
  log: Log,
  embedder: QueryEmbedder | null,
  database: Database | null,
): Promise<AnswerMemory> {
  const store =
    database === null
      ? createStore(config, log, embedder)
      : (await import("../adapters/postgres/postgres-memory.ts")).createPostgresMemory(
          database,
          embedder && { embedder, log },
        );
  const sendable = withSendableAnswers(store, teamAddresses);
  return withRedaction(sendable, createRedact(config.redactPatterns));
}

function createStore(config: Config, log: Log, embedder: QueryEmbedder | null): AnswerMemory {
  const { mem0, isMock, hasOwnKnowledge } = config;
  if (mem0 !== null) {
    const mem0Memory = (namespace: string) =>
      createMem0Memory({ ...mem0, namespace, timeoutMs: mem0TimeoutMs });
    const real = mem0Memory("auto-responder");
    const suffix = hasOwnKnowledge ? "mock-knowledge" : "mock";
    return isMock ? createOverlayMemory(real, mem0Memory(`auto-responder-${suffix}`)) : real;
  }
  return createSqliteMemory({ directory: dataFolder(config), embedder, log });
}

/**
 * The demo answers the first question; where something real is remembered, or sources
 * say what to answer from, it would only disturb.
 */
export async function loadDemo(
  config: Config,
  memory: AnswerMemory,
  helpCenter: { load(): Promise<void> },
  log: Log,
): Promise<void> {
  if (config.hasOwnKnowledge) {
    if (config.intercom === null) await helpCenter.load();
    return;
  }
  try {
    const wasEmpty = await fillWithDemo(memory, AbortSignal.timeout(demoTimeoutMs));
    if (config.intercom === null && (wasEmpty || config.mem0 === null)) await helpCenter.load();
  } catch (error) {
    log.warn({ error }, "the memory does not answer, so the demo is not loaded");
  }
}
