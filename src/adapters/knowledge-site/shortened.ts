import { type SiteLimits, siteLimits } from "../../core/knowledge-source.ts";
import { sameShape } from "./crawl-limits.ts";

/** How many pages each limit kept from being read. */
export type CutOff = {
  /** Known and not read: there were more than `pages`, or `minutes` were over. */
  waiting: number;
  isOutOfTime: boolean;
  tooDeep: number;
  /** Whose addresses differ from many others in their numbers only. */
  oneOfMany: number;
  tooLarge: number;
  tooManyRedirects: number;
};

/** Where limits cut a reading short, in sentences for whoever named the site; none where it is whole. */
export function shortenedBy(cut: CutOff, limits: SiteLimits): string[] {
  const { waiting, isOutOfTime, tooDeep, oneOfMany, tooLarge, tooManyRedirects } = cut;
  const sentences: [number, string, string][] = [
    [
      isOutOfTime ? waiting : 0,
      `not read: ${counted(limits.minutes, "minute")} had passed`,
      raise("minutes"),
    ],
    [
      isOutOfTime ? 0 : waiting,
      `not read: the site has more than ${counted(limits.pages, "page")}`,
      `${raise("pages")}, or name a part of the site`,
    ],
    [
      tooDeep,
      `not read: more than ${counted(limits.depth, "link")} from the named page`,
      raise("depth"),
    ],
    [
      oneOfMany,
      `not read: their addresses differ from ${counted(sameShape, "other")} in their numbers only`,
      "List them in the site's sitemap or llms.txt: what is listed is read",
    ],
    [tooLarge, `larger than ${limits.pageMegabytes} MB`, raise("pageMegabytes")],
    [
      tooManyRedirects,
      `behind more than ${counted(limits.pageRedirects, "redirect")}`,
      raise("pageRedirects"),
    ],
  ];
  return sentences.flatMap(([count, what, remedy]) =>
    count === 0
      ? []
      : [`${counted(count, "page")} ${count === 1 ? "is" : "are"} ${what}. ${remedy}.`],
  );
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

function raise(limit: keyof SiteLimits): string {
  const key = limit.replace(/[A-Z]/g, "_$&").toLowerCase();
  return `Set ${key} for it under sources in the policy file (${siteLimits[limit].most.toLocaleString("en")} at most)`;
}
