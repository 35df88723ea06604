import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOpenAIEmbedder } from "../../../src/adapters/openai/embedder.ts";
import { type OpenAIStandIn, startOpenAIStandIn } from "../../stand-ins/openai.ts";

let openai: OpenAIStandIn;
beforeEach(async () => {
  openai = await startOpenAIStandIn({ embeddingDimensions: 8 });
});
afterEach(() => openai.close());

const embedder = (baseUrl: string) =>
  createOpenAIEmbedder({
    apiKey: null,
    baseUrl,
    model: "text-embedding-3-small",
    dimensions: null,
  });

describe("createOpenAIEmbedder", () => {
  it("gives one vector per text, in order and whole", async () => {
    const signal = AbortSignal.timeout(5000);
    const vectors = await embedder(openai.url).embed(["one", "two"], signal);
    const [again] = await embedder(openai.url).embed(["two"], signal);
    expect(vectors).toHaveLength(2);
    expect(vectors[1]).toHaveLength(8);
    expect(vectors[1]).toEqual(again);
    expect(vectors[0]).not.toEqual(vectors[1]);
  });

  it("asks for shorter vectors where that is set, which are another model's", async () => {
    const short = createOpenAIEmbedder({
      apiKey: null,
      baseUrl: openai.url,
      model: "text-embedding-3-small",
      dimensions: 5,
    });
    const [vector] = await short.embed(["one"], AbortSignal.timeout(5000));
    expect(vector).toHaveLength(5);
    expect(short.model).not.toBe(embedder(openai.url).model);
  });

  it("says which call failed, without the text", async () => {
    const failing = embedder("http://127.0.0.1:1/v1").embed(["canary"], AbortSignal.timeout(5000));
    await expect(failing).rejects.toThrow("[model] POST /embeddings → no vectors");
  });
});
