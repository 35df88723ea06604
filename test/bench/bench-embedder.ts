import { createOpenAIEmbedder } from "../../src/adapters/openai/embedder.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { type QueryEmbedder, withQueries } from "../../src/lib/by-meaning/embedder.ts";
import { createLsaModel, serveEmbeddings } from "./lsa-embedder.ts";
import { readQuestions } from "./retrieval-questions.ts";

export type BenchEmbedder = QueryEmbedder & {
  /** What the figures were measured with. */
  about: string;
  close(): Promise<unknown>;
};

/** Of the model made of the articles. */
const lsaDimensions = 128;

/**
 * The model that hybrid search is measured with; every text is embedded once, however many help
 * centers it stands in.
 *
 * @param server the address of an OpenAI-compatible server with its /v1, or "lsa" for a model that is
 *   made here of the articles in that file
 * @throws Error when the server gives no vectors
 */
export async function openBenchEmbedder(
  server: string,
  model: string | null,
  file: string,
): Promise<BenchEmbedder> {
  const own = server === "lsa" ? await serveEmbeddings(lsaOf(file)) : null;
  const name = model ?? (own === null ? "text-embedding-3-small" : "lsa");
  const embedder = createOpenAIEmbedder({
    apiKey: process.env.OPENAI_API_KEY ?? null,
    baseUrl: own?.url ?? server,
    model: name,
    dimensions: null,
  });
  const kept = new Map<string, Float32Array>();
  const embed = async (texts: string[], signal: AbortSignal): Promise<Float32Array[]> => {
    const unknown = texts.filter((text) => !kept.has(text));
    const vectors = unknown.length === 0 ? [] : await embedder.embed(unknown, signal);
    for (const [index, text] of unknown.entries()) kept.set(text, vectors[index] ?? nothing);
    return texts.map((text) => kept.get(text) ?? nothing);
  };
  const [vector = nothing] = await embed(["password"], AbortSignal.timeout(60_000));
  const made = own === null ? "" : ", made of these articles alone (latent semantic analysis)";
  return {
    ...withQueries({ model: name, embed }, { warn: fail }, () => performance.now()),
    about: `${name}, ${vector.length} dimensions${made}`,
    close: async () => own?.close(),
  };
}

const nothing = new Float32Array();

function lsaOf(file: string): (text: string) => number[] {
  const passages = readQuestions(file).articles.flatMap(({ title, text }) =>
    passagesOf(text).map((passage) => `${title}\n${passage.lead ?? ""}\n${passage.text}`),
  );
  return createLsaModel(passages, lsaDimensions);
}

/** A figure of which a part was found by words alone would say nothing. */
function fail(values: object): never {
  throw new Error(`the model gives no vectors: ${JSON.stringify(values)}`);
}
