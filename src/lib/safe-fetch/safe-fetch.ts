import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { Agent, type Dispatcher, request } from "undici";
import { UpstreamError } from "../errors.ts";
import { patienceOf } from "../patience.ts";
import { type AddressKind, kindOfAddress } from "./address-kind.ts";
import type { AllowedHosts } from "./allowed-hosts.ts";
import { acceptedEncodings, readBody } from "./read-body.ts";

/** Why an address is not read. */
export type Refusal =
  | "no-web-address"
  | "host-not-named"
  | "private-address"
  | "no-longer-encrypted"
  | "too-many-redirects"
  | "too-large"
  | "unknown-encoding";

/** What a fetch came to; every status is an answer. */
export type Fetched =
  | {
      kind: "answer";
      /** After all redirects. */
      url: string;
      status: number;
      /** By names in small letters. */
      headers: Record<string, string>;
      body: Buffer;
    }
  | { kind: "refused"; url: string; why: Refusal };

export type SafeFetch = {
  /**
   * Reads a page of somebody else's, once.
   *
   * @throws UpstreamError when there is no whole answer in time; the signal's reason when aborted
   */
  fetch(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Fetched>;
  /** Lets go of its connections. */
  close(): Promise<void>;
};

export type SafeFetchOptions = {
  hosts: AllowedHosts;
  /** Unpacked, of one page. */
  maximumBytes?: number;
  /** For one page, with its redirects. */
  timeoutMs?: number;
  maximumRedirects?: number;
  /** All addresses of a name. @throws as `node:dns` does */
  resolve?(hostname: string): Promise<string[]>;
};

const defaultMaximumBytes = 10 * 1024 * 1024;
const defaultTimeoutMs = 20_000;
const connectTimeoutMs = 10_000;
/** As browsers and `curl --location` have it or fewer: pages of documentation move once or twice. */
const defaultMaximumRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
const userAgent = "intercom-auto-responder";

/**
 * Reads pages that people outside wrote, from hosts that the operator named: no redirect, no name
 * and no notation of an address leads into the network in which the service runs, and no page takes
 * more memory or time than its limits.
 *
 * The address that was checked is the one that is connected to: a name that is resolved once more
 * could lead elsewhere by then.
 */
export function createSafeFetch({
  hosts,
  maximumBytes = defaultMaximumBytes,
  timeoutMs = defaultTimeoutMs,
  maximumRedirects = defaultMaximumRedirects,
  resolve = addressesOf,
}: SafeFetchOptions): SafeFetch {
  const outside = agentFor(["public"], resolve);
  const inside = agentFor(["public", "private"], resolve);

  return {
    async fetch(address, headers, signal) {
      const patience = patienceOf(timeoutMs, signal);
      let url = URL.parse(address);
      try {
        for (let hop = 0; ; hop++) {
          const why = whyRefused(url);
          if (url === null || why !== null) {
            return { kind: "refused", url: url?.href ?? address, why: why ?? "no-web-address" };
          }
          if (hop > maximumRedirects) {
            return { kind: "refused", url: url.href, why: "too-many-redirects" };
          }
          const answer = await fetchOnce(url, headers, patience.signal);
          if (!("location" in answer)) return answer;
          const next = URL.parse(answer.location, url.href);
          if (url.protocol === "https:" && next?.protocol === "http:") {
            return { kind: "refused", url: next.href, why: "no-longer-encrypted" };
          }
          url = next;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (wasRefused(error)) {
          return { kind: "refused", url: url?.href ?? address, why: "private-address" };
        }
        throw failed(url, timeoutMs, patience.signal.aborted, error);
      } finally {
        patience.end();
      }
    },
    async close() {
      await Promise.all([outside.destroy(), inside.destroy()]);
    },
  };

  function whyRefused(url: URL | null): Refusal | null {
    if (url === null || !/^https?:$/.test(url.protocol)) return "no-web-address";
    if (url.username !== "" || url.password !== "") return "no-web-address";
    if (!hosts.mayRead(url)) return "host-not-named";
    // An address in place of a name is never looked up; `URL` has made one notation of all.
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) === 0) return null;
    const kinds: AddressKind[] = hosts.mayBePrivate(url) ? ["public", "private"] : ["public"];
    return kinds.includes(kindOfAddress(literal)) ? null : "private-address";
  }

  async function fetchOnce(
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Fetched | { location: string }> {
    const response = await request(url, {
      headers: { "user-agent": userAgent, "accept-encoding": acceptedEncodings, ...headers },
      dispatcher: hosts.mayBePrivate(url) ? inside : outside,
      signal,
    });
    const said = inOneLine(response.headers);
    const location = redirects.has(response.statusCode) ? said.location : undefined;
    if (location !== undefined) {
      letGo(response.body);
      return { location };
    }
    const isTooLarge = Number(said["content-length"] ?? 0) > maximumBytes;
    const body = isTooLarge
      ? "too-large"
      : await readBody(response.body, said["content-encoding"] ?? "", maximumBytes);
    if (typeof body === "string") {
      letGo(response.body);
      return { kind: "refused", url: url.href, why: body };
    }
    const { statusCode: status } = response;
    return { kind: "answer", url: url.href, status, headers: said, body };
  }
}

/** Without reading what is left; that it was left is no failure. */
function letGo(body: Dispatcher.ResponseData["body"]): void {
  body.once("error", () => {}).destroy();
}

function agentFor(kinds: AddressKind[], resolve: (hostname: string) => Promise<string[]>): Agent {
  const checked: LookupFunction = (hostname, options, callback) => {
    const answer = (addresses: string[]) => {
      const [first] = addresses;
      if (first === undefined || !addresses.every((one) => kinds.includes(kindOfAddress(one)))) {
        callback(new RefusedAddressError(hostname), "", 0);
      } else if (options.all) {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        callback(null, found);
      } else callback(null, first, isIP(first));
    };
    resolve(hostname).then(answer, (error) => callback(error, "", 0));
  };
  return new Agent({ connect: { lookup: checked, timeout: connectTimeoutMs } });
}

async function addressesOf(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

/** A name leads to an address that is not to be read; it never reaches a caller. */
class RefusedAddressError extends Error {
  override readonly name = "RefusedAddressError";
}

function wasRefused(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof RefusedAddressError) return true;
  }
  return false;
}

function failed(url: URL | null, timeoutMs: number, isTimeout: boolean, cause: unknown) {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
  const result = isTimeout ? `no answer in ${timeoutMs} ms` : code;
  return new UpstreamError("web", `GET ${url?.host}${url?.pathname}`, result, { cause });
}

function inOneLine(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value ?? "")]);
  return Object.fromEntries(entries);
}
