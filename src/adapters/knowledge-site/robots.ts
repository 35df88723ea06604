import robotsParser from "robots-parser";
import { UpstreamError } from "../../lib/errors.ts";
import type { Fetched } from "../../lib/safe-fetch/safe-fetch.ts";

/** What a site asks of those who read it: https://www.rfc-editor.org/rfc/rfc9309 */
export type Robots = {
  allows(address: string): boolean;
  /** Milliseconds between two pages. */
  delayMs: number;
  sitemaps: string[];
};

/** The package's types say that it exports something else than it does. */
const parse = robotsParser as unknown as (
  address: string,
  text: string,
) => {
  isAllowed(address: string, userAgent: string): boolean | undefined;
  getCrawlDelay(userAgent: string): number | undefined;
  getSitemaps(): string[];
};

const userAgent = "intercom-auto-responder";
const longestDelayMs = 10_000;

/**
 * @param fetched of `/robots.txt`
 * @throws UpstreamError where the site has one and cannot show it now: then nothing is allowed
 */
export function robotsIn(fetched: Fetched): Robots {
  if (fetched.kind === "answer" && fetched.status >= 500) {
    throw new UpstreamError("site", "GET /robots.txt", String(fetched.status), {
      status: fetched.status,
    });
  }
  const isThere = fetched.kind === "answer" && fetched.status === 200;
  const type = isThere ? (fetched.headers["content-type"] ?? "text/plain") : "";
  if (!isThere || !type.startsWith("text/plain")) {
    return { allows: () => true, delayMs: 0, sitemaps: [] };
  }
  const robots = parse(fetched.url, fetched.body.toString("utf8"));
  return {
    // Of another host the file says nothing.
    allows: (address) => robots.isAllowed(address, userAgent) ?? true,
    delayMs: Math.min(longestDelayMs, (robots.getCrawlDelay(userAgent) ?? 0) * 1_000),
    sitemaps: robots.getSitemaps(),
  };
}
