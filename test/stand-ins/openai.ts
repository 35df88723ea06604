import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inflateSync } from "node:zlib";

/** What goes wrong with one request. */
export type OpenAIFault =
  | { kind: "status"; status: number; body?: unknown; headers?: Record<string, string> }
  /** Takes the request and never answers. */
  | { kind: "hang" }
  /** Sends headers and the beginning of the body, and then nothing. */
  | { kind: "stall" }
  | { kind: "drop" }
  /** A proxy's page, with status 200. */
  | { kind: "html" }
  /** A body that calls itself JSON and is none. */
  | { kind: "garbage" }
  /** The answer in a Markdown fence with words around it. */
  | { kind: "fenced" }
  | { kind: "refusal" }
  | { kind: "finish"; reason: "length" | "content_filter" };

/** Parameters that a server may not understand. */
export type Refusable =
  | "json_schema"
  | "json_object"
  | "temperature"
  | "max_completion_tokens"
  | "max_tokens";

export type ChatRequest = {
  model: string;
  /** The words of each message; where it has several parts, all of them. */
  messages: { role: string; content: string }[];
  /** The images of all messages, as they were sent. */
  images?: string[];
  response_format?: { type: string; json_schema?: { strict?: boolean; schema: JsonSchema } };
  temperature?: number;
  max_completion_tokens?: number;
  max_tokens?: number;
  store?: boolean;
  safety_identifier?: string;
};
type DecisionRequest = {
  model: string;
  input: { role: string; content: string }[];
  questions: { type: string; instructions: string }[];
};
type JsonSchema = { properties: object; required: string[]; additionalProperties: boolean };

/** What a server does with images: looks at them, drops them unseen, or refuses the request. */
export type Eyes = "sees" | "drops" | "refuses";

export type OpenAIStandInOptions = {
  /** `sees` unless said otherwise. */
  eyes?: Eyes;
  /** The confidence of answers where the customer wrote no `confidence=0.8`. */
  confidence?: number;
  models?: string[];
  embeddingDimensions?: number;
  /** Without it, any key is taken, also none. */
  apiKey?: string;
};

export type OpenAIStandIn = Awaited<ReturnType<typeof startOpenAIStandIn>>;

/**
 * An OpenAI-compatible server on 127.0.0.1: chat completions, embeddings, transcriptions and models.
 *
 * By default its answer depends on the prompt alone: the reply quotes every unanswered message that
 * it saw, so that a test can tell what one reply answers. A customer's text steers it:
 * `confidence=0.8`, `intent=thanks` (with an empty reply), `needs_human=true`, `sources=1,2` and
 * `reply="…"` (up to the next quotation mark; `\n` breaks the line). Where every message begins with
 * "Thank", no answer is needed.
 */
export async function startOpenAIStandIn(options: OpenAIStandInOptions = {}) {
  const models = options.models ?? ["gpt-4o", "text-embedding-3-small"];
  const requests: ChatRequest[] = [];
  const embeddingInputs: string[] = [];
  const recordings: { fileName: string; fields: string }[] = [];
  let speech: string | null = null;
  const decisionRequests: DecisionRequest[] = [];
  let decide: ((statement: string) => number | null) | null = null;
  const faults: OpenAIFault[] = [];
  let lastingFault: OpenAIFault | null = null;
  let refusals: Refusable[] = [];
  let eyes = options.eyes ?? "sees";
  let latencyMs = 0;
  let confidence = options.confidence ?? 0.9;
  /** Connections that we ended ourselves. */
  const dropped = new WeakSet<ServerResponse>();
  let aborted = 0;
  let connections = 0;
  let answer: (request: ChatRequest) => string | object = (request) =>
    answerFromPrompt(request, confidence);

  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableFinished && !dropped.has(response)) aborted++;
    });
    handle(request, response).catch(() => response.destroy());
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    /** To be used as OPENAI_BASE_URL. */
    url: `http://127.0.0.1:${port}/v1`,
    /** Bodies of the chat completions asked for, oldest first. */
    requests,
    embeddingInputs,
    /** What was sent to be transcribed: the form's fields, and what the file is called. */
    recordings,
    /** What is said on every recording from now on; `null`: none can be understood. */
    setSpeech(words: string | null) {
      speech = words;
    },
    /** Replaces the default answers: text is sent as it is, an object as JSON. */
    answers(by: (request: ChatRequest) => string | object) {
      answer = by;
    },
    /** Bodies of the decisions asked for, oldest first. */
    decisionRequests,
    /** From now on there is a Decisions API, which answers each statement so (`null`: a refusal). */
    decides(by: (statement: string) => number | null) {
      decide = by;
    },
    /** Each of the next requests fails in one of these ways. */
    failNext(...next: OpenAIFault[]) {
      faults.push(...next);
    },
    /** Every request fails in this way until `null` is given. */
    failAlways(fault: OpenAIFault | null) {
      lastingFault = fault;
    },
    /** Parameters that are refused with 400 from now on. */
    refuse(...parameters: Refusable[]) {
      refusals = parameters;
    },
    /** What becomes of images from now on. */
    setEyes(next: Eyes) {
      eyes = next;
    },
    setLatency(ms: number) {
      latencyMs = ms;
    },
    setConfidence(value: number) {
      confidence = value;
    },
    /** How many requests the client gave up. */
    abortedCount: () => aborted,
    connectionCount: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const path = request.url ?? "";
    if (options.apiKey !== undefined) {
      if (request.headers.authorization !== `Bearer ${options.apiKey}`) {
        send(response, 401, errorBody("invalid_api_key", "Incorrect API key provided."));
        return;
      }
    }
    const fault = faults.shift() ?? lastingFault;
    if (path === "/v1/chat/completions") requests.push(chatRequest(body));
    if (fault?.kind === "drop") dropped.add(response);
    if (fault !== null && failAtOnce(fault, response)) return;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));

    const [status, reply] = answerTo(`${request.method} ${path}`, body, fault);
    send(response, status, reply);
  }

  function answerTo(call: string, body: string, fault: OpenAIFault | null): [number, unknown] {
    if (call === "POST /v1/chat/completions") {
      return complete(chatRequest(body), fault);
    }
    if (call === "POST /v1/audio/transcriptions") return transcribe(body);
    if (call === "POST /v1/decisions" && decide !== null) {
      return decisions(JSON.parse(body), decide);
    }
    if (call === "POST /v1/embeddings") return [200, embed(JSON.parse(body))];
    if (call === "GET /v1/models") return [200, { object: "list", data: models.map(modelObject) }];
    const [, model] = /^GET \/v1\/models\/(.+)$/.exec(call) ?? [];
    if (model === undefined) return [404, errorBody("unknown_url", `Unknown request URL: ${call}`)];
    const name = decodeURIComponent(model);
    if (models.includes(name)) return [200, modelObject(name)];
    return [404, errorBody("model_not_found", `The model '${name}' does not exist`)];
  }

  function transcribe(form: string): [number, unknown] {
    const [, fileName] = /name="file"; filename="([^"]*)"/.exec(form) ?? [];
    if (fileName === undefined || !/name="model"/.test(form)) {
      return [400, errorBody(null, "A file and a model are needed.")];
    }
    recordings.push({ fileName, fields: form });
    if (speech === null) return [400, errorBody(null, "Invalid file format.")];
    return [200, { text: speech, usage: { type: "duration", seconds: 1 } }];
  }

  function decisions(
    request: DecisionRequest,
    by: (statement: string) => number | null,
  ): [number, unknown] {
    decisionRequests.push(request);
    if (request.model !== "gpt-6-luna") {
      const message = `The model '${request.model}' is not supported with this endpoint.`;
      return [400, errorBody("unsupported_model", message, "model")];
    }
    const answers = request.questions.map(({ instructions }) => {
      const probability = by(instructions);
      if (probability === null) return { type: "refusal", name: null };
      return { type: "predicate", name: null, probability };
    });
    const usage = { input_tokens: 100, output_tokens: 1, total_tokens: 101 };
    return [200, { answers, model: request.model, usage }];
  }

  function complete(chat: ChatRequest, fault: OpenAIFault | null): [number, unknown] {
    const refused = refusals.find((parameter) => uses(chat, parameter));
    if (refused !== undefined) return [400, refusedParameter(refused)];
    const complaint = complaintAbout(chat);
    if (complaint !== null) return [400, errorBody(null, complaint, "response_format")];

    const hasImages = chat.images !== undefined;
    if (hasImages && eyes === "refuses") return [400, errorBody(null, "Only text is supported.")];
    const isProbe = chat.messages.some(({ content }) => content.includes("three stripes"));
    const written = isProbe && hasImages ? stripes(chat, eyes) : answer(chat);
    const text = typeof written === "string" ? written : JSON.stringify(written);
    const message = {
      role: "assistant",
      content: fault?.kind === "fenced" ? `Here it is:\n\`\`\`json\n${text}\n\`\`\`\nDone.` : text,
      refusal: null as string | null,
    };
    let finishReason = "stop";
    if (fault?.kind === "refusal") {
      Object.assign(message, { content: null, refusal: "I'm sorry, I can't help with that." });
    }
    if (fault?.kind === "finish") {
      finishReason = fault.reason;
      message.content = text.slice(0, 20);
    }
    const promptTokens = chat.messages.reduce((sum, { content }) => sum + tokens(content), 0);
    const completionTokens = tokens(text);
    const completion = {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_750_000_000,
      model: chat.model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      },
    };
    return [200, completion];
  }

  function embed(body: {
    model: string;
    input: string | string[];
    encoding_format?: string;
    dimensions?: number;
  }): object {
    const inputs = [body.input].flat();
    embeddingInputs.push(...inputs);
    const vectors = inputs.map((input) =>
      embedding(input, body.dimensions ?? options.embeddingDimensions ?? 64),
    );
    return {
      object: "list",
      model: body.model,
      data: vectors.map((vector, index) => ({
        object: "embedding",
        index,
        embedding: body.encoding_format === "base64" ? base64(vector) : vector,
      })),
      usage: { prompt_tokens: inputs.length, total_tokens: inputs.length },
    };
  }
}

/** A request, its parts put together. */
function chatRequest(body: string): ChatRequest {
  const sent = JSON.parse(body);
  type SentPart = { type: string; text?: string; image_url?: { url: string } };
  const images: string[] = [];
  const messages = sent.messages.map(
    ({ content, ...rest }: { content: string | SentPart[] | null }) => {
      if (!Array.isArray(content)) return { ...rest, content };
      images.push(...content.flatMap(({ image_url }) => image_url?.url ?? []));
      return { ...rest, content: content.flatMap(({ text }) => text ?? []).join("\n") };
    },
  );
  return { ...sent, messages, ...(images.length === 0 ? {} : { images }) };
}

const stripeColours: Record<string, string> = {
  "230,0,0": "red",
  "0,160,0": "green",
  "0,0,230": "blue",
  "250,230,0": "yellow",
  "0,0,0": "black",
  "255,255,255": "white",
};

/** The colours of three stripes in a PNG, really read from its dots. */
function stripes({ images = [] }: ChatRequest, eyes: Eyes): string {
  if (eyes !== "sees") return "They are purple, orange and purple.";
  const png = Buffer.from(images[0]?.split(",")[1] ?? "", "base64");
  const width = png.readUInt32BE(16);
  const start = png.indexOf("IDAT") + 4;
  const row = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
  const named = [1, 3, 5].map((sixth) => {
    const dot = 1 + Math.floor((width * sixth) / 6) * 3;
    return stripeColours[row.subarray(dot, dot + 3).join(",")] ?? "unknown";
  });
  return `${named.join(", ")}.`;
}

/** The texts between the tags of the prompt's unanswered messages, oldest first. */
export function unansweredMessagesIn(request: ChatRequest): string[] {
  const prompt = request.messages.find(({ role }) => role === "user")?.content ?? "";
  const section = /^<unanswered>$(.*?)^<\/unanswered>$/ms.exec(prompt)?.[1] ?? "";
  return [...section.matchAll(/^<message[^>]*>\n(.*?)\n<\/message>$/gms)].map(
    ([, text]) => text ?? "",
  );
}

/** An answer with all its fields. */
export function answerObject(fields: object = {}): object {
  return {
    language: "en",
    intent: "question",
    reasoning: "The stand-in answers what it is asked.",
    used_sources: [],
    reply: "Hello!",
    needs_human: false,
    confidence: 0.9,
    ...fields,
  };
}

function answerFromPrompt(request: ChatRequest, usualConfidence: number): object {
  const messages = unansweredMessagesIn(request);
  const said = messages.join("\n");
  const marker = (name: string) => new RegExp(`\\b${name}=([\\w.,-]+)`).exec(said)?.[1];
  const isThanks = messages.every((text) => /^thank/i.test(text));
  const intent = marker("intent") ?? (isThanks ? "thanks" : "question");
  const quoted = messages.map((text) => `You wrote: ${text}`).join("\n\n");
  const asked = /\breply="([^"]*)"/.exec(said)?.[1]?.replaceAll("\\n", "\n");
  return answerObject({
    intent,
    used_sources: (marker("sources") ?? "").split(",").filter(Boolean).map(Number),
    reply: intent === "thanks" ? "" : (asked ?? quoted),
    needs_human: marker("needs_human") === "true",
    confidence: Number(marker("confidence") ?? usualConfidence),
  });
}

/** @returns whether the request is dealt with */
function failAtOnce(fault: OpenAIFault, response: ServerResponse): boolean {
  switch (fault.kind) {
    case "status":
      for (const [name, value] of Object.entries(fault.headers ?? {})) {
        response.setHeader(name, value);
      }
      send(response, fault.status, fault.body ?? errorBody(null, "It failed."));
      return true;
    case "hang":
      return true;
    case "stall":
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id":"chatcmpl-1","choices":[');
      return true;
    case "drop":
      response.destroy();
      return true;
    case "html":
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>Sign in</title>");
      return true;
    case "garbage":
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"id": "chatcmpl-1", "choices": [');
      return true;
    default:
      return false;
  }
}

function uses(chat: ChatRequest, parameter: Refusable): boolean {
  if (parameter === "json_schema" || parameter === "json_object") {
    return chat.response_format?.type === parameter;
  }
  return chat[parameter] !== undefined;
}

/** What the documentation asks of structured outputs and JSON mode. */
function complaintAbout(chat: ChatRequest): string | null {
  const format = chat.response_format;
  if (format?.type === "json_object" && !/json/i.test(JSON.stringify(chat.messages))) {
    return "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.";
  }
  if (format?.json_schema?.strict) {
    const { properties, required, additionalProperties } = format.json_schema.schema;
    const isComplete = Object.keys(properties).every((name) => required.includes(name));
    if (!isComplete || additionalProperties) return "Invalid schema for response_format.";
  }
  return null;
}

function refusedParameter(parameter: Refusable): object {
  if (parameter === "json_schema" || parameter === "json_object") {
    const message = `Invalid parameter: 'response_format' of type '${parameter}' is not supported with this model.`;
    return errorBody(null, message, "response_format");
  }
  if (parameter === "temperature") {
    const message = "Unsupported value: 'temperature' does not support 0.2 with this model.";
    return errorBody("unsupported_value", message, parameter);
  }
  const message = `Unsupported parameter: '${parameter}' is not supported with this model.`;
  return errorBody("unsupported_parameter", message, parameter);
}

function errorBody(code: string | null, message: string, parameter: string | null = null): object {
  return { error: { message, type: "invalid_request_error", param: parameter, code } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // A client that went away in the meantime is counted, not answered.
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function modelObject(id: string): object {
  return { id, object: "model", created: 1_750_000_000, owned_by: "stand-in" };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Texts with the same words lie close together: each word adds to one dimension. */
function embedding(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const place = createHash("sha1").update(word).digest().readUInt32BE(0) % dimensions;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function base64(vector: number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString("base64");
}
