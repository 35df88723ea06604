import OpenAI from "openai";
import { Agent, fetch as undiciFetch } from "undici";

/**
 * Node's own fetch closes a connection after 4 s without use, and a handshake costs two to three
 * round trips; conversations come more slowly than that.
 */
const keepAliveTimeoutMs = 60_000;
const connectTimeoutMs = 10_000;

/** The library's client with everything that it would otherwise read from the environment. */
export function createClient(options: {
  apiKey: string | null;
  baseUrl: string | null;
  timeoutMs: number;
}): OpenAI {
  const dispatcher = new Agent({
    keepAliveTimeout: keepAliveTimeoutMs,
    connect: { timeout: connectTimeoutMs },
  });
  // The two declare the same function in different words.
  const fetch = undiciFetch as unknown as typeof globalThis.fetch;
  return new OpenAI({
    // The library insists on one.
    apiKey: options.apiKey || "none",
    baseURL: options.baseUrl ?? "https://api.openai.com/v1",
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 1,
    timeout: options.timeoutMs,
    fetch: (url, init) => fetch(url, { ...init, dispatcher } as unknown as RequestInit),
    // It would write to the console; we log what matters ourselves.
    logLevel: "off",
  });
}
