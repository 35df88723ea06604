import { basename, resolve } from "node:path";
import {
  intervalIn,
  type KnowledgePlace,
  type KnowledgeSource,
  placeIn,
  placeOf,
  plainSource,
  whyNoSite,
} from "../core/knowledge-source.ts";
import { hostIn } from "../lib/safe-fetch/allowed-hosts.ts";
import { list } from "./forms.ts";

const internal = /^internal:\s*/i;

/** `handbook=./docs, site=https://docs.example.com`; without a name the folder's or host's serves. */
export const knowledgeSources = list.transform((entries, context): KnowledgeSource[] => {
  const read = entries.map(sourceIn);
  const sources = read.filter((source) => typeof source !== "string");
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const incomplete = entries.find((_, index) => {
    const source = read[index];
    return typeof source === "object" && (source.name === "" || placeOf(source) === "");
  });
  const unreadable = [
    ...entries.flatMap(whyNoDetails),
    ...read.filter((source) => typeof source === "string"),
  ];
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
  const problem = whyNoSite(address);
  if (problem !== null) return `This ${problem}.`;
  const place = { kind: "site" as const, url: address, hosts: [], limits: {} };
  return { ...plainSource, name: URL.parse(address)?.host ?? "", ...place };
}

/** @returns why the entry names none, in words */
function sourceIn(entry: string): KnowledgeSource | string {
  const [, said = null, inBrackets = "", words = ""] = form.exec(entry.replace(internal, "")) ?? [];
  const place = placeIn(words);
  if (typeof place === "string") return place;
  const details = {
    ...plainSource,
    isInternal: internal.test(entry),
    language: language.exec(inBrackets)?.[0] ?? null,
    everyMs: intervalIn(interval.exec(inBrackets)?.[0] ?? ""),
  };
  return { name: said ?? nameOf(place), ...details, ...place };
}

function nameOf(place: KnowledgePlace): string {
  if (place.kind === "intercom") return place.what;
  if (place.kind === "site") return URL.parse(place.url)?.host ?? "";
  return place.path === "" ? "" : basename(resolve(place.path));
}

/** `name(details)=place`, `name=place` or `place`. */
const form = /^(?:([^=/\\.:(]*?)\s*(?:\(([^)=]*)\))?\s*=\s*)?(.*)$/;
const language = /(?<!\S)[a-z]{2}(?!\S)/;
const interval = /(?<!\S)\d{1,4}[mhd](?!\S)/;

function whyNoDetails(entry: string): string[] {
  const details = form.exec(entry.replace(internal, ""))?.[2];
  if (details === undefined) return [];
  const left = details.replace(language, "").replace(interval, "").trim();
  const every = interval.exec(details)?.[0];
  return left === "" && (every === undefined || intervalIn(every) !== null)
    ? []
    : [
        `has "(${details})" in ${entry.split("=", 1)[0]}: in brackets stand a language's two letters and how often it is read again, such as (de 6h), with m, h or d, 24d at most`,
      ];
}

/** `cdn.example.com, wiki.internal:8080`: the hosts, as `URL` writes them. */
export const allowedHostNames = list.transform((entries, context): string[] =>
  entries.map((entry) => {
    const host = hostIn(entry);
    if (host === null) {
      const message = `must be hosts such as cdn.example.com, a private one with its port such as wiki.internal:8080, separated by commas; "${entry}" is none`;
      context.addIssue({ code: "custom", message });
      return entry;
    }
    return host;
  }),
);
