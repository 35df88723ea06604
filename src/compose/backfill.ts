import { randomUUID } from "node:crypto";
import { createIntercom, type Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import { withWhoAsked } from "../core/judging/who-asks.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import { type Backfill, createBackfill } from "../core/learning/backfill.ts";
import type { Log } from "../core/ports.ts";
import { loadLanguageOf } from "../lib/language.ts";
import { createRedact } from "../lib/redact.ts";
import { sleep } from "../lib/sleep.ts";
import { openMemory } from "./memory.ts";

/**
 * What `npm run sync` needs, and nothing that answers customers.
 *
 * @returns `null` in mock mode, where Intercom is only stood in for
 */
export async function composeBackfill(
  config: Config,
  log: Log,
): Promise<{ backfill: Backfill; close(): void } | null> {
  if (config.isMock || config.intercom === null) return null;
  const memory = await openMemory(config, log);
  const intercom = createIntercom({ ...config.intercom, log });
  return { backfill: createLearning(config, intercom, memory, log), close: memory.close };
}

export function createLearning(
  config: Config,
  { archive }: Intercom,
  memory: AnswerMemory,
  log: Log,
): Backfill {
  return createBackfill({
    archive: withWhoAsked(archive, () => config.policy),
    memory,
    clock: Date.now,
    log,
    sleep,
    newId: randomUUID,
    loadLanguageOf,
    redact: createRedact(config.redactPatterns),
  });
}
