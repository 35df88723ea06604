import { basename, resolve } from "node:path";
import { list } from "./forms.ts";

/** A folder or a site of knowledge as KNOWLEDGE_SOURCES names it. */
export type KnowledgeSource = {
  name: string;
  /** For teammates only. */
  isInternal: boolean;
  /** ISO 639-1: of what does not say it itself; `null`: recognised. */
  language: string | null;
  /** How often it is read again; `null`: as ARTICLES_REFRESH_MINUTES says. */
  everyMs: number | null;
} & (
  | { kind: "folder"; path: string }
  | { kind: "site"; url: string }
  | { kind: "intercom"; what: "macros" | "external-pages" }
);

const internal = /^internal:\s*/i;

/** `handbook=./docs, site=https://docs.example.com`; without a name the folder's or host's serves. */
export const knowledgeSources = list.transform((entries, context): KnowledgeSource[] => {
  const sources = entries.map(sourceIn);
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const incomplete =
    entries[sources.findIndex((source) => source.name === "" || placeOf(source) === "")];
  const unknown = sources.flatMap((source) =>
    source.kind === "folder" && /^intercom:/i.test(source.path)
      ? [`names ${source.path}: of Intercom there are intercom:macros and intercom:external-pages`]
      : [],
  );
  const unreadable = [...unknown, ...entries.flatMap(whyNoDetails), ...sources.flatMap(whyNoSite)];
  const complain = (message: string) => context.addIssue({ code: "custom", message });
  if (unreadable[0] !== undefined) complain(unreadable[0]);
  else if (incomplete !== undefined) {
    complain(
      `must be folders or sites such as handbook=./docs or site=https://docs.example.com, separated by commas; "${incomplete}" is none`,
    );
  } else if (twice !== undefined) {
    complain(`names two sources "${twice}": give each a name of its own, such as handbook=./docs`);
  }
  return sources;
});

/**
 * A site that somebody names by its address alone.
 *
 * @returns why it is none, in words
 */
export function siteAt(address: string): KnowledgeSource | string {
  const url = URL.parse(address);
  const source: KnowledgeSource = {
    kind: "site",
    name: url?.host ?? "",
    url: address,
    isInternal: false,
    language: null,
    everyMs: null,
  };
  const [problem] = whyNoSite(source);
  if (problem !== undefined) return `This ${problem}.`;
  return source;
}

function sourceIn(entry: string): KnowledgeSource {
  const [, said = null, inBrackets = "", place = ""] = form.exec(entry.replace(internal, "")) ?? [];
  const details = {
    isInternal: internal.test(entry),
    language: language.exec(inBrackets)?.[0] ?? null,
    everyMs: intervalIn(inBrackets),
  };
  const what = /^intercom:(macros|external-pages)$/i.exec(place)?.[1]?.toLowerCase();
  if (what === "macros" || what === "external-pages") {
    return { kind: "intercom", name: said ?? what, what, ...details };
  }
  if (isAddress(place)) {
    const name = said ?? URL.parse(place)?.host ?? "";
    return { kind: "site", name, url: place, ...details };
  }
  const name = said ?? (place === "" ? "" : basename(resolve(place)));
  return { kind: "folder", name, path: place, ...details };
}

/** `name(details)=place`, `name=place` or `place`. */
const form = /^(?:([^=/\\.:(]*?)\s*(?:\(([^)=]*)\))?\s*=\s*)?(.*)$/;
const language = /(?<!\S)[a-z]{2}(?!\S)/;
const interval = /(?<!\S)(\d{1,4})([mhd])(?!\S)/;
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function intervalIn(details: string): number | null {
  const [, count = "", unit = ""] = interval.exec(details) ?? [];
  const ms = Number(count) * (unitMs[unit as keyof typeof unitMs] ?? 0);
  return ms > 0 ? ms : null;
}

function whyNoDetails(entry: string): string[] {
  const details = form.exec(entry.replace(internal, ""))?.[2];
  if (details === undefined) return [];
  const left = details.replace(language, "").replace(interval, "").trim();
  return left === ""
    ? []
    : [
        `has "(${details})" in ${entry.split("=", 1)[0]}: in brackets stand a language's two letters and how often it is read again, such as (de 6h), with m, h or d`,
      ];
}

/** Where it lies, as KNOWLEDGE_SOURCES names it. */
export function placeOf(source: KnowledgeSource): string {
  if (source.kind === "intercom") return `intercom:${source.what}`;
  return source.kind === "site" ? source.url : source.path;
}

function isAddress(place: string): boolean {
  return /^[a-z][a-z+.-]+:\/\//i.test(place);
}

function whyNoSite(source: KnowledgeSource): string[] {
  if (source.kind !== "site") return [];
  const shown = source.url.replace(/\/\/[^/]*@/, "//");
  const url = URL.parse(source.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return [`names ${shown}: a site's address begins with https:// or http://`];
  }
  return url.username === "" && url.password === ""
    ? []
    : [
        `names ${shown} with a user name or password: only pages that everybody may read are read; remove what stands before the @`,
      ];
}

/** `cdn.example.com, wiki.internal:8080`: the hosts, as `URL` writes them. */
export const allowedHostNames = list.transform((entries, context): string[] =>
  entries.map((entry) => {
    const host = URL.parse(`http://${entry}`);
    const isHost = host !== null && /^[^/@?#\s]+$/.test(entry);
    if (!isHost) {
      const message = `must be hosts such as cdn.example.com, a private one with its port such as wiki.internal:8080, separated by commas; "${entry}" is none`;
      context.addIssue({ code: "custom", message });
      return entry;
    }
    const port = /:(\d+)$/.exec(entry)?.[1];
    return port === undefined ? host.hostname : `${host.hostname}:${port}`;
  }),
);
