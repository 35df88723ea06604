import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { loadPrompts } from "../../src/adapters/openai/prompts.ts";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import type { RememberedAnswer } from "../../src/core/knowledge/answer-memory.ts";
import { answerOf } from "../contracts/memory.ts";

const promptHash = loadPrompts(new URL("../../prompts", import.meta.url).pathname, 16_000).hash();
const directories: string[] = [];

/** To be called after each test. */
export function removeInstallations(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
}

/** A folder for DATA_DIR in which these verdicts are remembered. */
export async function installation(verdicts: RememberedAnswer[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "ladder-"));
  directories.push(directory);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const memory = createSqliteMemory({ directory, embedder: null, log });
  await memory.rememberAnswers(verdicts, new AbortController().signal);
  memory.close();
  return directory;
}

/** A decision about a draft of the default model with the shipped prompts. */
export function verdict(
  index: number,
  more: { language?: string; isRejected?: boolean; confidence?: number } = {},
): RememberedAnswer {
  const { language = "en", isRejected = false, confidence = 0.9 } = more;
  const draft = "Open Settings and choose Billing.";
  const basis = { intent: "question" as const, model: "gpt-4o", promptHash, sources: [] };
  const editedShare = isRejected ? null : 0;
  return answerOf({
    answer: draft,
    status: isRejected ? "rejected" : "answer",
    author: "approved-draft",
    conversationId: `${language}-${index}`,
    at: 1_700_000_000_000 + index,
    language,
    decision: { action: "review", reason: "review-mode" },
    verdict: { by: "Alice", reason: null, judged: { draft, confidence, editedShare, basis } },
  });
}

/** All that an installation must say, and that people review. */
export function settingsFor(dataDir: string): Record<string, string> {
  return {
    INTERCOM_ACCESS_TOKEN: "none",
    INTERCOM_WEBHOOK_SECRET: "none",
    INTERCOM_ADMIN_ID: "77",
    OPENAI_API_KEY: "none",
    REPLY_MODE: "review",
    DATA_DIR: dataDir,
  };
}

/** One of the commands as a process of its own. */
export async function command(
  name: "ladder" | "calibrate" | "preview" | "shadow" | "insight",
  dataDir: string,
  options: string[] = [],
  settings: object = {},
): Promise<{ code: number; output: string; complaints: string }> {
  const script = new URL(`../../src/${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...options], {
    env: { PATH: process.env.PATH, ...settingsFor(dataDir), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, output, complaints };
}
