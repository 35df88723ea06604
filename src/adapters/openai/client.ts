import OpenAI from "openai";
import { Agent, type Dispatcher, request as sendRequest } from "undici";

/**
 * Undici closes a connection after 4 s without use, and a handshake costs two to three round trips;
 * conversations come more slowly than that.
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
    fetch: (url, init) => plainFetch(String(url), init ?? {}, dispatcher),
    // It would write to the console; we log what matters ourselves.
    logLevel: "off",
  });
}

/**
 * What the library needs of `fetch`, without the streams and copies of the standard's, which cost
 * more than the rest of the call. The body is read whole, so that the library's time-out holds for
 * it too; a redirect is not followed, it would carry the customer's text to another host.
 */
async function plainFetch(
  url: string,
  { method = "GET", headers, body, signal }: RequestInit,
  dispatcher: Agent,
): Promise<Response> {
  const sent = body instanceof FormData ? await asForm(body) : { headers: {}, body };
  const answer = await sendRequest(url, {
    method: method as Dispatcher.HttpMethod,
    headers: {
      ...Object.fromEntries(new Headers(headers)),
      ...sent.headers,
      // Without a word about it a server might compress its answer.
      "accept-encoding": "identity",
    },
    dispatcher,
    // What is no form is JSON in a string.
    body: (sent.body ?? null) as string | Buffer | null,
    ...(signal ? { signal } : {}),
  });
  const text = await answer.body.text();
  const answered = new Headers(
    Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    ),
  );
  // The library would try again for this call alone; who is told to wait tells all others.
  if (answer.statusCode === 429) answered.set("x-should-retry", "false");
  return new Response(text === "" ? null : text, { status: answer.statusCode, headers: answered });
}

/** A form with a file in it, as it goes over the wire. */
async function asForm(form: FormData): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const encoded = new Response(form);
  const headers = { "content-type": encoded.headers.get("content-type") ?? "" };
  return { headers, body: Buffer.from(await encoded.arrayBuffer()) };
}
