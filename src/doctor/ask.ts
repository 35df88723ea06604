import { Agent, request } from "undici";

/** Each call of a check is given up after this long. */
export const patienceMs = 5_000;

export type Answer = {
  status: number;
  /** Parsed JSON; `null` where the body is none. */
  body: Record<string, unknown> | null;
  header(name: string): string | null;
  /** The other side's clock in milliseconds; `null` where it does not say. */
  at: number | null;
};

/** Connections end with the call, so that nothing holds the process up afterwards. */
const dispatcher = new Agent({ pipelining: 0 });

/**
 * One call, made once, without following redirects: they would carry a token to another host.
 *
 * @returns the answer, or in words why there was none
 */
export async function ask(
  url: string,
  headers: Record<string, string> = {},
  post?: Buffer,
): Promise<Answer | { noAnswer: string }> {
  try {
    const response = await request(url, {
      method: post === undefined ? "GET" : "POST",
      headers: { accept: "application/json", "accept-encoding": "identity", ...headers },
      signal: AbortSignal.timeout(patienceMs),
      dispatcher,
      ...(post === undefined ? {} : { body: post }),
    });
    const text = await response.body.text();
    const header = (name: string) => {
      const value = response.headers[name];
      return value === undefined ? null : String(value);
    };
    const at = Date.parse(header("date") ?? "");
    return {
      status: response.statusCode,
      body: objectIn(text),
      header,
      at: Number.isNaN(at) ? null : at,
    };
  } catch (error) {
    return { noAnswer: reasonOf(error) };
  }
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const reasons: Record<string, string> = {
  ENOTFOUND: "its name is not known (DNS)",
  EAI_AGAIN: "names cannot be looked up (DNS)",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain ends in one that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate lacks the chain up to a trusted one",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `it did not answer within ${patienceMs / 1000} s`;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
  return reasons[code] ?? code;
}
