import { gunzipSync } from "node:zlib";

export type Sitemap = {
  pages: { address: string; updatedAt: number | null }[];
  /** Addresses of further sitemaps. */
  sitemaps: string[];
};

/**
 * What a sitemap names (https://www.sitemaps.org/protocol.html), or a list of addresses, one a line.
 *
 * @param body packed or not
 * @param maximumBytes of what it unpacks to
 * @throws RangeError when it unpacks to more, Error when it cannot be unpacked
 */
export function sitemapIn(body: Buffer, maximumBytes: number): Sitemap {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  const bytes = isPacked ? gunzipSync(body, { maxOutputLength: maximumBytes }) : body;
  return namedIn(bytes.toString("utf8"));
}

export function namedIn(text: string): Sitemap {
  const isIndex = text.includes("<sitemapindex");
  const found: Sitemap["pages"] = [];
  const plain = text.replaceAll("<![CDATA[", "").replaceAll("]]>", "");
  if (!plain.includes("<")) {
    for (const line of plain.split("\n")) found.push({ address: line.trim(), updatedAt: null });
  }
  for (const [, name, value = ""] of plain.matchAll(/<(loc|lastmod)>([^<]*)<\/\1>/g)) {
    if (name === "loc") found.push({ address: withoutEntities(value.trim()), updatedAt: null });
    else {
      const last = found.at(-1);
      const updatedAt = Date.parse(value.trim());
      if (last !== undefined && !Number.isNaN(updatedAt)) last.updatedAt = updatedAt;
    }
  }
  const pages = found.filter(({ address }) => /^https?:\/\//i.test(address));
  return isIndex
    ? { pages: [], sitemaps: pages.map(({ address }) => address) }
    : { pages, sitemaps: [] };
}

function withoutEntities(text: string): string {
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => entities[name] ?? "");
}
