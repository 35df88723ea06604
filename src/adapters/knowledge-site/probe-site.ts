import { UpstreamError } from "../../lib/errors.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { allowedHosts } from "../../lib/safe-fetch/allowed-hosts.ts";
import { createSafeFetch } from "../../lib/safe-fetch/safe-fetch.ts";
import { decoded } from "./charset.ts";
import type { KnowledgeSite } from "./knowledge-site.ts";
import { createPageReader } from "./page-reader.ts";
import { robotsIn } from "./robots.ts";
import { pagesOf } from "./site-pages.ts";
import { whyNotRead } from "./why-not-read.ts";

/** What one look at a site shows. */
export type SiteProbe = {
  /** Of the named page; `null`: it was not asked for. */
  status: number | null;
  /** Why the named page is not to be read, in words; `null` where it is. */
  refusal: string | null;
  /** Whether `robots.txt` lets the named page be read. */
  isAllowed: boolean;
  /** Pages that its lists name; `null` where they cannot be read, 0 where there are none. */
  listed: number | null;
  /** ISO 639-1, of the named page, as it says itself or as its words look; `null`: not known. */
  language: string | null;
  /** Whether the page itself says its language. */
  saysLanguage: boolean;
};

const pageTimeoutMs = 5_000;

/**
 * Looks at a site without reading more of it than its lists of pages and the page that was named.
 *
 * @param signal for the whole of it
 * @throws UpstreamError where there is no answer, or robots.txt cannot be read
 */
export async function probeSite(
  site: Pick<KnowledgeSite, "name" | "url">,
  hosts: string[],
  signal: AbortSignal,
): Promise<SiteProbe> {
  const { fetch, close } = createSafeFetch({
    hosts: allowedHosts([site.url], hosts),
    timeoutMs: pageTimeoutMs,
  });
  const get = (address: string) => fetch(address, {}, signal);
  const seen: SiteProbe = {
    status: null,
    refusal: null,
    isAllowed: true,
    listed: null,
    language: null,
    saysLanguage: false,
  };
  const reader = createPageReader();
  try {
    const rules = await get(new URL("/robots.txt", site.url).href);
    if (rules.kind === "refused") return { ...seen, refusal: whyNotRead[rules.why] };
    const robots = robotsIn(rules);
    if (!robots.allows(site.url)) return { ...seen, isAllowed: false };
    const page = await get(site.url);
    if (page.kind === "refused") return { ...seen, refusal: whyNotRead[page.why] };
    const type = page.headers["content-type"] ?? "text/html";
    const text = /html/i.test(type)
      ? await reader.read("html", decoded(page.body, type), page.url)
      : null;
    const languageOf = await loadLanguageOf();
    return {
      ...seen,
      status: page.status,
      listed: await countListed(),
      language: text?.language ?? languageOf(text?.text ?? ""),
      saysLanguage: typeof text?.language === "string",
    };

    async function countListed(): Promise<number | null> {
      try {
        return (await pagesOf(site.url, get, robots)).length;
      } catch (error) {
        if (!(error instanceof UpstreamError) && !signal.aborted) throw error;
        return null;
      }
    }
  } finally {
    await reader.close();
    await close();
  }
}
