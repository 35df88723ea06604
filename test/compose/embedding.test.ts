import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { createEmbedder, createVectorFilling } from "../../src/compose/embedding.ts";
import { createMemory } from "../../src/compose/memory.ts";
import { loadConfig } from "../../src/config.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { type OpenAIStandIn, startOpenAIStandIn } from "../stand-ins/openai.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const { signal } = new AbortController();
let openai: OpenAIStandIn;
beforeEach(async () => {
  openai = await startOpenAIStandIn();
});
afterEach(() => openai.close());

describe("the embeddings model of a process", () => {
  const log = createRecordingLog();
  const configOf = (set: Record<string, string>) =>
    loadConfig({ MOCK_MODE: "true", OPENAI_BASE_URL: openai.url, ...set });

  it("is none where none is set", () => {
    expect(createEmbedder(configOf({}), log)).toBeNull();
  });

  it("embeds by and by what was stored, the articles' and the questions' secrets masked", async () => {
    const config = configOf({
      EMBEDDING_MODEL: "text-embedding-3-small",
      EMBEDDING_DIMENSIONS: "64",
      REDACT_PATTERNS: "SECRET-\\d+",
    });
    const embedder = createEmbedder(config, log);
    const articles = createSqliteHelpCenter(":memory:", embedder && { embedder, log });
    const text = "Take the code SECRET-77 with you.";
    await articles.put(
      "published",
      {
        id: "1/en",
        articleId: "1",
        title: "Codes",
        collections: [],
        text,
        url: null,
        language: "en",
        updatedAt: null,
        isInternal: false,
      },
      passagesOf(text),
    );
    const filling = createVectorFilling([{}, articles], log);
    filling.start();
    await vi.waitFor(() => expect(log.lines.at(-1)?.event).toBe("embedded"), { timeout: 10_000 });
    await filling.stop();
    await articles.search("where is SECRET-5 ?", { limit: 3 }, signal);
    expect(openai.embeddingInputs).toHaveLength(2);
    expect(openai.embeddingInputs.join("\n")).not.toMatch(/SECRET-\d/);
    await articles.close();
  });

  it("costs a memory without it nothing", async () => {
    const memory = await createMemory(configOf({ MEM0_API_KEY: "" }), log, null, null);
    expect(await memory.fillVectors?.(signal)).toBe(0);
    expect(openai.embeddingInputs).toEqual([]);
    memory.close();
  });
});
