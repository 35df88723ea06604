import { z } from "zod";
import {
  intervalIn,
  type KnowledgeSource,
  placeIn,
  type SiteLimits,
  siteLimits,
} from "../../core/knowledge-source.ts";
import { hostIn } from "../../lib/safe-fetch/allowed-hosts.ts";

/** What is answered from besides the help center; `docs/help-center.md` says what each key is for. */

/** Each is searched with every question, and read again and again. */
const mostSources = 100;
const mostHosts = 20;

const nameError =
  "must be a name of letters, digits, blanks, dots, - and _, of at most 60 characters, such as handbook; audience: internal keeps a source for teammates";
const name = z
  .string(nameError)
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, nameError);

const fromError =
  "must be a folder such as ./docs, a site's address such as https://docs.example.com, intercom:macros or intercom:external-pages";
const from = z
  .string(fromError)
  .trim()
  .min(1, fromError)
  .transform((words, context) => {
    const place = placeIn(words);
    const problem =
      typeof place !== "string" && place.kind === "folder" && /\.zip$/i.test(words)
        ? `names the zip ${words}: unpack it and name its folder, or post it to /knowledge/import`
        : place;
    if (typeof problem !== "string") return problem;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });

const everyError = "must say how often it is read again, such as 30m, 6h or 1d, 24d at most";
const every = z.string(everyError).transform((words, context) => {
  const ms = intervalIn(words.trim());
  if (ms !== null) return ms;
  context.addIssue({ code: "custom", message: everyError });
  return z.NEVER;
});

const hostError =
  "must be hosts such as cdn.example.com, a private one with its port such as wiki.internal:8080";
const host = z.string(hostError).transform((written, context) => {
  const found = hostIn(written.trim());
  if (found !== null) return found;
  context.addIssue({ code: "custom", message: hostError });
  return z.NEVER;
});

function namesOf(what: string) {
  const error = `must be a name or a list of names of ${what}`;
  const one = z.union([z.string().trim().min(1), z.number().transform(String)]);
  return z
    .union([one.transform((single) => [single]), z.array(one).min(1, error)], { error })
    .default([]);
}

function limit(name: keyof SiteLimits) {
  const { least, most } = siteLimits[name];
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int(error).min(least, error).max(most, error).optional();
}

const details = {
  from,
  language: z
    .string("must be a language of two letters, such as de")
    .regex(/^[a-z]{2}$/, "must be a language of two letters, such as de")
    .nullable()
    .default(null),
  audience: z
    .enum(["customers", "internal"], { error: "must be customers or internal" })
    .default("customers"),
  every: every.nullable().default(null),
  pages: limit("pages"),
  depth: limit("depth"),
  minutes: limit("minutes"),
  page_megabytes: limit("pageMegabytes"),
  page_seconds: limit("pageSeconds"),
  page_redirects: limit("pageRedirects"),
  hosts: z.array(host, hostError).max(mostHosts, `must be at most ${mostHosts}`).optional(),
  brands: namesOf("brands"),
  plans: namesOf("plans"),
  topics: namesOf("topics"),
};
const keys = Object.keys(details).filter((key) => key !== "from");
const sourceError = (issue: { code?: string }) =>
  issue.code === "unrecognized_keys"
    ? undefined
    : `must be a folder, a site's address, or { from: … } with ${keys.join(", ")} where wanted`;
const ofSites = [
  "pages",
  "depth",
  "minutes",
  "page_megabytes",
  "page_seconds",
  "page_redirects",
  "hosts",
] as const;

const one = z.preprocess(short, checked(z.strictObject(details, { error: sourceError })));
const listed = checked(z.strictObject({ name, ...details }, { error: sourceError }));

const formError =
  "must be sources by their names, such as { handbook: ./docs, site: https://docs.example.com }, or a list of { name: …, from: … }";
const byName = z
  .record(z.string(), one, { error: formError })
  .superRefine((all, context) => {
    for (const key of Object.keys(all)) {
      const { success } = name.safeParse(key);
      if (!success) context.addIssue({ code: "custom", path: [key], message: nameError });
    }
  })
  .transform((all) => Object.entries(all).map(([key, said]) => ({ ...said, name: key.trim() })));
const asList = z.array(listed, formError);

/** Sources by their names, or a list in which each says its own. */
export const sourcesForm = z
  .unknown()
  .transform((written, context): KnowledgeSource[] => {
    const parsed = (Array.isArray(written) ? asList : byName).safeParse(written);
    if (parsed.success) return parsed.data.map(toSource);
    for (const issue of parsed.error.issues) {
      const { path, message } = issue;
      if (issue.code === "unrecognized_keys") {
        const { code, keys: strange } = issue;
        context.issues.push({ code, keys: strange, path, message, input: {} });
      } else context.addIssue({ code: "custom", path, message });
    }
    return z.NEVER;
  })
  .refine((all) => all.length <= mostSources, `must be at most ${mostSources}`);

/** In one word a source is where it lies. */
function short(written: unknown): unknown {
  return typeof written === "string" ? { from: written } : written;
}

function checked<Form extends z.ZodType<Written>>(form: Form) {
  return form.superRefine((given, context) => {
    if (given.from.kind === "site") return;
    for (const key of ofSites) {
      if (given[key] === undefined) continue;
      const message = "is for sites: what from names is none";
      context.addIssue({ code: "custom", path: [key], message });
    }
  });
}

type Written = z.output<z.ZodObject<typeof details>>;

function toSource({ name: called, from: place, ...given }: Written & { name: string }) {
  const { language, audience, every: everyMs, brands, plans, topics: about, hosts = [] } = given;
  const { pages, depth, minutes } = given;
  const ofPages = {
    pageMegabytes: given.page_megabytes,
    pageSeconds: given.page_seconds,
    pageRedirects: given.page_redirects,
  };
  const limits: Partial<SiteLimits> = Object.fromEntries(
    Object.entries({ pages, depth, minutes, ...ofPages }).filter(([, said]) => said !== undefined),
  );
  return {
    name: called,
    language,
    isInternal: audience === "internal",
    everyMs,
    brands,
    plans,
    topics: about,
    ...(place.kind === "site" ? { ...place, hosts, limits } : place),
  };
}
