import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { loadPrompts } from "../../src/adapters/openai/prompts.ts";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import type { RememberedAnswer } from "../../src/core/knowledge/answer-memory.ts";
import { answerOf } from "../contracts/memory.ts";

const script = new URL("../../src/ladder.ts", import.meta.url).pathname;
const promptHash = loadPrompts(new URL("../../prompts", import.meta.url).pathname, 16_000).hash();
const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function installation(verdicts: RememberedAnswer[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "ladder-"));
  directories.push(directory);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const memory = createSqliteMemory({ directory, embedder: null, log });
  await memory.rememberAnswers(verdicts, new AbortController().signal);
  memory.close();
  return directory;
}

function verdict(index: number, more: { language?: string; isRejected?: boolean } = {}) {
  const { language = "en", isRejected = false } = more;
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
    verdict: { by: "Alice", reason: null, judged: { draft, confidence: 0.9, editedShare, basis } },
  });
}

async function ladder(dataDir: string, options: string[] = [], settings: object = {}) {
  const child = spawn(process.execPath, [script, ...options], {
    env: {
      PATH: process.env.PATH,
      INTERCOM_ACCESS_TOKEN: "none",
      INTERCOM_WEBHOOK_SECRET: "none",
      INTERCOM_ADMIN_ID: "77",
      OPENAI_API_KEY: "none",
      REPLY_MODE: "review",
      DATA_DIR: dataDir,
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, output, complaints };
}

describe("npm run ladder", { timeout: 60_000 }, () => {
  it("says where each topic stands and how many decisions it still needs", async () => {
    const dataDir = await installation([
      ...Array.from({ length: 150 }, (_, index) => verdict(index)),
      ...Array.from({ length: 60 }, (_, index) =>
        verdict(1000 + index, { language: "de", isRejected: index === 5 }),
      ),
    ]);
    const { code, output, complaints } = await ladder(dataDir);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    expect(output).toContain("question · en: automatic (earned)");
    expect(output).toMatch(/150 decisions, 0 wrong; e-value \d+ of 40 needed/);
    expect(output).toContain("question · de: review");
    expect(output).toMatch(/60 decisions, 1 wrong; e-value [\d.]+ of 120 needed/);
    expect(output).toMatch(/not yet: \d+ more decisions are needed if none of them is wrong/);
    expect(output).toContain("intent: [question], language: [en] }, mode: auto");
    expect(output).toContain("REPLY_MODE is review");
  });

  it("counts nothing for a model that wrote none of it, and says so", async () => {
    const dataDir = await installation([verdict(1), verdict(2)]);
    const { output } = await ladder(dataDir, [], { OPENAI_MODEL: "another-model" });
    expect(output).toContain("2 about drafts of another model or of other prompts");
    expect(output).toContain("Nobody has decided about such a draft yet");
  });

  it("explains a target that it cannot work with, and settings that are missing", async () => {
    const dataDir = await installation([]);
    const wrongTarget = await ladder(dataDir, ["--target", "50"]);
    expect(wrongTarget).toMatchObject({ code: 1, output: "" });
    expect(wrongTarget.complaints).toContain("--target must be a number from 85 to 99.5");
    const missing = await ladder(dataDir, [], { INTERCOM_ADMIN_ID: "" });
    expect(missing).toMatchObject({ code: 1, output: "" });
    expect(missing.complaints).toContain("INTERCOM_ADMIN_ID is missing");
  });
});
