import { UpstreamError } from "../../lib/errors.ts";
import type { Fetched } from "../../lib/safe-fetch/safe-fetch.ts";
import { linksOfLlmsTxt, pagesOfLlmsFull } from "./llms-txt.ts";
import { isBelow, pageAddress, pageKey } from "./page-address.ts";
import type { Robots } from "./robots.ts";
import { sitemapIn } from "./sitemap.ts";

export type ListedPage = {
  address: string;
  /** When the list says it was changed last, in milliseconds since 1970. */
  updatedAt: number | null;
  /** What the list itself holds of it, as Markdown. */
  text?: string;
};

type Get = (address: string) => Promise<Fetched>;

const maximumSitemaps = 100;
const maximumBytes = 10 * 1024 * 1024;

/**
 * The pages that a site names: in its `llms.txt` and its sitemaps, or else in its `llms-full.txt`.
 * Where the address is that of one of these files, in that file alone.
 *
 * @returns none where the site names none, and is to be gone through link by link
 * @throws UpstreamError where a list is there and cannot be read: what it names is then not known
 */
export async function pagesOf(site: string, get: Get, robots: Robots): Promise<ListedPage[]> {
  const { pathname } = new URL(site);
  if (/\/llms-full\.txt$/i.test(pathname)) return fullPages(await textAt(site, get));
  if (/\/llms\.txt$/i.test(pathname)) return linked(site, await textAt(site, get));
  if (/\.xml(?:\.gz)?$/i.test(pathname)) return unique(await sitemapPages([site], get));
  const folder = new URL(site).pathname.replace(/[^/]*\.[^/]*$/, "").replace(/\/+$/, "");
  const below = (file: string) => new URL(`${folder}/${file}`, site).href;

  const llms = below("llms.txt");
  const links = linked(llms, await textAt(llms, get));
  const usual = [below("sitemap.xml"), new URL("/sitemap.xml", site).href];
  const mapped = await sitemapPages(robots.sitemaps.length > 0 ? robots.sitemaps : usual, get);
  const listed = unique([...mapped, ...links]).filter(({ address }) => isBelow(address, site));
  if (listed.length > 0) return listed;
  const full = below("llms-full.txt");
  return fullPages(await textAt(full, get));
}

function linked(file: string, text: string | null): ListedPage[] {
  const links = text === null ? [] : linksOfLlmsTxt(text, file);
  return unique(links.map((address) => ({ address, updatedAt: null })));
}

function fullPages(text: string | null): ListedPage[] {
  const pages = text === null ? [] : pagesOfLlmsFull(text);
  return unique(pages.map((page) => ({ ...page, updatedAt: null })));
}

/** A text file, or `null` where there is none; a page in its place is none. */
async function textAt(address: string, get: Get): Promise<string | null> {
  const fetched = await get(address);
  if (!isThere(fetched, address) || fetched.kind !== "answer") return null;
  const text = fetched.body.toString("utf8");
  return /^\s*<(?:!doctype|html)/i.test(text) ? null : text;
}

async function sitemapPages(addresses: string[], get: Get): Promise<ListedPage[]> {
  const waiting = [...new Set(addresses)];
  const read = new Set<string>();
  const pages: ListedPage[] = [];
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    if (read.has(address) || read.size >= maximumSitemaps) continue;
    read.add(address);
    const fetched = await get(address);
    if (!isThere(fetched, address) || fetched.kind !== "answer") continue;
    try {
      const { pages: found, sitemaps } = sitemapIn(fetched.body, maximumBytes);
      pages.push(...found);
      waiting.push(...sitemaps);
    } catch (error) {
      throw unreadable(address, error);
    }
  }
  return pages;
}

function unreadable(address: string, cause: unknown): UpstreamError {
  const { pathname } = new URL(address);
  return new UpstreamError("site", `read ${pathname}`, "unreadable", { cause });
}

function isThere(fetched: Fetched, address: string): boolean {
  if (fetched.kind === "refused") return false;
  const { status } = fetched;
  if (status >= 500 || status === 429) {
    throw new UpstreamError("site", `GET ${new URL(address).pathname}`, String(status), { status });
  }
  return status === 200;
}

function unique(pages: ListedPage[]): ListedPage[] {
  const found = new Map<string, ListedPage>();
  for (const page of pages) {
    const address = pageAddress(page.address);
    if (address === null) continue;
    const key = pageKey(address);
    const before = found.get(key);
    if (before === undefined) found.set(key, { ...page, address });
    else before.updatedAt ??= page.updatedAt;
  }
  return [...found.values()];
}
