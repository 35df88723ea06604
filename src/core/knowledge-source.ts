/**
 * A place that answers are written in besides the help center, as KNOWLEDGE_SOURCES or the policy
 * file's `sources` names it.
 */
export type KnowledgeSource = SourceDetails & KnowledgePlace;

/** A zip that was posted, and is kept where every replica finds it. */
export type PostedSource = SourceDetails & SharedZip;

type SourceDetails = {
  name: string;
  /** For teammates only. */
  isInternal: boolean;
  /** ISO 639-1: of what does not say it itself; `null`: recognised. */
  language: string | null;
  /** How often it is read again; `null`: as ARTICLES_REFRESH_MINUTES says. */
  everyMs: number | null;
  /** Whose questions it answers, by the names that Intercom shows; none: everybody's. */
  brands: string[];
  plans: string[];
  /** Of the policy file; none: whatever they are about. */
  topics: string[];
};

export type KnowledgePlace =
  | { kind: "folder"; path: string }
  | ({ kind: "site"; url: string } & SiteReach)
  | { kind: "intercom"; what: "macros" | "external-pages" };

/** Another hash for other contents. */
type SharedZip = { kind: "import"; hash: string };

/** How far a site is read. */
export type SiteReach = {
  /** Hosts that its pages may lie on besides its own, in the form of KNOWLEDGE_ALLOWED_HOSTS. */
  hosts: string[];
  /** In place of what is usual. */
  limits: Partial<SiteLimits>;
};

/** Where the reading of a site ends. */
export type SiteLimits = {
  /** In one reading. */
  pages: number;
  /** Links from the named page to one that is still read. */
  depth: number;
  /** For one reading. */
  minutes: number;
  /** Of one page, unpacked. */
  pageMegabytes: number;
  /** For one page, with its redirects. */
  pageSeconds: number;
  /** On the way to one page. */
  pageRedirects: number;
};

/**
 * What holds where nothing else is said, and what may be said. The usual is more than documentation
 * has as a rule; the most is what one process can hold beside its customers (four pages are read at
 * a time).
 */
export const siteLimits: Record<keyof SiteLimits, { usual: number; least: number; most: number }> =
  {
    pages: { usual: 2_000, least: 1, most: 20_000 },
    depth: { usual: 6, least: 0, most: 20 },
    minutes: { usual: 60, least: 1, most: 720 },
    pageMegabytes: { usual: 10, least: 1, most: 25 },
    pageSeconds: { usual: 20, least: 1, most: 120 },
    // As browsers and `curl --location` have it or fewer: documentation moves once or twice.
    pageRedirects: { usual: 5, least: 0, most: 10 },
  };

/** What serves for a source of which only the place is said. */
export const plainSource = {
  isInternal: false,
  language: null,
  everyMs: null,
  brands: [],
  plans: [],
  topics: [],
} satisfies Partial<KnowledgeSource>;

/**
 * What an operator's words name: a folder, a site's address, or one of Intercom's.
 *
 * @returns why they name none of these, as the end of a sentence that begins with where they stand
 */
export function placeIn(words: string): KnowledgePlace | string {
  const [, what] = /^intercom:(.*)$/i.exec(words) ?? [];
  if (what !== undefined) {
    const known = intercoms.find((one) => one === what.trim().toLowerCase());
    if (known !== undefined) return { kind: "intercom", what: known };
    return `names ${words}: of Intercom there are intercom:macros and intercom:external-pages`;
  }
  if (!/^[a-z][a-z+.-]+:\/\//i.test(words)) return { kind: "folder", path: words };
  const problem = whyNoSite(words);
  return problem ?? { kind: "site", url: words, hosts: [], limits: {} };
}

/** Where it lies, as the operator named it. */
export function placeOf(source: KnowledgePlace | SharedZip): string {
  if (source.kind === "intercom") return `intercom:${source.what}`;
  if (source.kind === "import") return "imported";
  return source.kind === "site" ? source.url : source.path;
}

/** @returns `null` where pages can be read from that address */
export function whyNoSite(address: string): string | null {
  const shown = address.replace(/\/\/[^/]*@/, "//");
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return `names ${shown}: a site's address begins with https:// or http://`;
  }
  return url.username === "" && url.password === ""
    ? null
    : `names ${shown} with a user name or password: only pages that everybody may read are read; remove what stands before the @`;
}

const intercoms = ["macros", "external-pages"] as const;
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** No timer of the platform waits for 25 days. */
const longestMs = 24 * unitMs.d;

/** `30m`, `6h` or `1d` in milliseconds, up to `24d`; `null` where it is none of these. */
export function intervalIn(words: string): number | null {
  const [, count = "", unit = ""] = /^(\d{1,4})([mhd])$/.exec(words) ?? [];
  const ms = Number(count) * (unitMs[unit as keyof typeof unitMs] ?? 0);
  return ms > 0 && ms <= longestMs ? ms : null;
}
