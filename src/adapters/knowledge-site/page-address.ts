import { isTracking, linkKey } from "../../lib/link-key.ts";

/** What a visit leaves in an address without changing the page. */
const session =
  /^(?:sid|s_id|session|session_?id|sess_?id|phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|zenid|osc?sid|visitor_?id)$/i;
/** What is linked to from pages and is none. */
const noPage =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|m?js|json|ya?ml|xml|rss|atom|zip|t?gz|bz2|7z|rar|mp[34]|webm|mov|avi|wav|ogg|woff2?|ttf|eot|exe|dmg|pkg|deb|rpm|apk|docx?|xlsx?|pptx?|csv|ics)$/i;
const maximumCharacters = 1_000;

/**
 * An address as it is asked for: without fragment, session and tracking.
 *
 * @param from the address of the page on which it stands
 * @returns `null` for what leads to no page
 */
export function pageAddress(link: string, from?: string): string | null {
  const url = URL.parse(link.trim(), from);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  if (url.username !== "" || url.password !== "") return null;
  url.hash = "";
  url.pathname = url.pathname
    .replace(/;[a-z_]*session[a-z_]*=[^/;]*/gi, "")
    .replace(/\/{2,}/g, "/");
  for (const name of [...url.searchParams.keys()]) {
    if (session.test(name) || isTracking(name)) url.searchParams.delete(name);
  }
  if (noPage.test(url.pathname) || url.href.length > maximumCharacters) return null;
  return url.href;
}

/** By which two addresses of one page compare as equal. */
export function pageKey(address: string): string {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/index\.(?:html?|md)$/i, "/").replace(/\.md$/i, "");
  return linkKey(url.href);
}

/** Where the Markdown of a page lies, at sites that have it. */
export function markdownTwin(address: string): string {
  const url = new URL(address);
  url.pathname = url.pathname.endsWith("/")
    ? `${url.pathname}index.md`
    : `${url.pathname.replace(/\.html?$/i, "")}.md`;
  return url.href;
}

/** The page that people open, where that is the address of its Markdown. */
export function withoutMarkdown(address: string): string {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/(?:\/index)?\.md$/i, "") || "/";
  return url.href;
}

/** Whether a page lies where the site's address says: in that folder, or below that page. */
export function isBelow(address: string, site: string): boolean {
  const path = (url: string) => decodedPath(url).replace(/\.html?$/i, "");
  const folder = path(site).replace(/[^/]*$/, (last) => (last.includes(".") ? "" : last));
  const base = folder.replace(/\/+$/, "");
  const here = path(address);
  return here === base || here.startsWith(`${base}/`);
}

function decodedPath(address: string): string {
  const { pathname } = new URL(address);
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}
