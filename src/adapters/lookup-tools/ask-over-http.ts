import axios, { isAxiosError } from "axios";
import { type LookupAnswer, LookupError } from "./lookup-answer.ts";

const mostBytes = 1024 * 1024;

/**
 * Asks one address with GET.
 *
 * @param template the address with `{name}` for each value, which is put in so that it stays one part of the
 *   path or query
 * @throws LookupError where it answers with anything but 200
 */
export async function askOverHttp(
  template: string,
  headers: Record<string, string>,
  values: Record<string, string>,
  signal: AbortSignal,
): Promise<LookupAnswer> {
  const url = template.replace(/\{([^{}]*)\}/g, (_, name: string) => asOnePart(values[name] ?? ""));
  try {
    const { data } = await axios.get<string>(url, {
      responseType: "text",
      // As it is, also where it looks like JSON.
      transformResponse: (body: unknown) => body,
      maxRedirects: 0,
      maxContentLength: mostBytes,
      headers: { Accept: "application/json, text/plain", ...headers },
      validateStatus: (status) => status === 200,
      signal,
    });
    return readBody(String(data));
  } catch (error) {
    const status = isAxiosError(error) ? error.response?.status : undefined;
    const why = status === undefined ? "it was not reached" : `it answered ${status}`;
    throw new LookupError(why, { cause: error });
  }
}

/** "." and ".." are not encoded, and would lead to another address. */
function asOnePart(value: string): string {
  const encoded = encodeURIComponent(value);
  if (/^\.{1,2}$/.test(encoded)) throw new LookupError("a value is no part of an address");
  return encoded;
}

function readBody(body: string): LookupAnswer {
  try {
    return { json: JSON.parse(body) };
  } catch {
    return { text: body };
  }
}
