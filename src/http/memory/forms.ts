import { z } from "zod";
import {
  type AnswerFilter,
  answerAuthors,
  type answerStatuses,
} from "../../core/knowledge/answer-memory.ts";
import type { ArticleFilter } from "../../core/knowledge/article-refresh.ts";
import { isPrivateAddress } from "../../lib/private-address.ts";

const defaultLimit = 20;
export const maxLimit = 100;
/** So many answers may be changed by one request. */
const maxAtOnce = 200;

const id = z.string().min(1).max(300);
const name = z.string().trim().min(1).max(100);
const question = z.string().trim().min(1).max(10_000);
const answer = z.string().trim().min(1).max(50_000);
const language = z.string().regex(/^[a-z]{2}$/);
const url = z.url({ protocol: /^https?$/ }).refine((given) => !isPrivateAddress(given), {
  error: "customers get this link, and this is an address for your team only",
});

/** Everything that people may see; what was forgotten has no words left. */
const visible = ["answer", "rejected", "retired", "suggested"] as const satisfies readonly Exclude<
  (typeof answerStatuses)[number],
  "forgotten"
>[];

const several = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.preprocess(
    (given) => (typeof given === "string" ? given.split(",") : given),
    z.array(z.enum(values)).min(1),
  );

/** What a list can be narrowed to; `page` on it is for lists only. */
const filterForm = z.object({
  status: several(visible).optional(),
  author: several(answerAuthors).optional(),
  language: z.union([language, z.literal("unknown")]).optional(),
  by: name.optional(),
  since: z.iso.date().optional(),
  before: z.iso.date().optional(),
  used: z.enum(["yes", "no"]).optional(),
});

export const listForm = filterForm.extend({
  q: z.string().trim().max(2_000).optional(),
  limit: z.coerce.number().int().min(1).max(maxLimit).default(defaultLimit),
  after: z.string().max(400).optional(),
});

/** What a list of articles can be narrowed to. */
export const articlesForm = listForm
  .pick({ language: true, since: true, before: true, limit: true, after: true })
  .extend({
    source: z.string().trim().min(1).max(200).optional(),
    q: z.string().trim().max(200).optional(),
    after: z
      .string()
      .regex(/^\d{1,9}$/)
      .optional(),
  });

/** A source may be named as it is in the settings. */
function kindOf(source: string): string {
  const isKind = source === "published" || source === "internal" || source.startsWith("source:");
  return isKind ? source : `source:${source}`;
}

export function toArticleFilter(query: z.infer<typeof articlesForm>): ArticleFilter {
  const { source, language: written, since, before, q } = query;
  return {
    ...(source === undefined ? {} : { kind: kindOf(source) }),
    ...(written === undefined ? {} : { language: written }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(before === undefined ? {} : { before: Date.parse(before) }),
    ...(q ? { words: q } : {}),
  };
}

/** The filter that a query asks for. */
export function toFilter(query: z.infer<typeof filterForm>): AnswerFilter {
  const { status = [...visible], author, language: spoken, by, since, before, used } = query;
  return {
    statuses: status,
    ...(author === undefined ? {} : { authors: author }),
    ...(spoken === undefined ? {} : { language: spoken }),
    ...(by === undefined ? {} : { by }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(before === undefined ? {} : { before: Date.parse(before) }),
    ...(used === undefined ? {} : { isUsed: used === "yes" }),
  };
}

export const exportForm = filterForm.extend({ format: z.enum(["csv", "json"]).default("csv") });

export const importForm = z.object({
  dryRun: z.enum(["true", "false"]).default("false"),
  by: name.optional(),
});

export const recallForm = z.object({
  q: z.string().trim().min(1).max(2_000),
  language: language.optional(),
  brand: name.optional(),
  plan: name.optional(),
  topic: name.optional(),
});

export const contactForm = z.strictObject({ contact: z.string().regex(/^[\w-]{1,64}$/) });

const texts = { question, answer, language: language.optional(), url: url.optional() };

export const newForm = z.strictObject({ ...texts, by: name.optional() });

export const suggestionForm = z.strictObject({
  ...texts,
  for: id.optional(),
  by: name.optional(),
});

export const editForm = z
  .strictObject({
    question: question.optional(),
    answer: answer.optional(),
    language: language.nullable().optional(),
    url: url.nullable().optional(),
    by: name.optional(),
  })
  .refine(({ by: _, ...changes }) => Object.keys(changes).length > 0, {
    error: "name what is to change: question, answer, language or url",
  });

export const articleForm = z.strictObject({
  title: z.string().trim().min(1).max(250),
  text: answer,
});

export const doerForm = z.strictObject({ by: name.optional() });

export const bulkForm = z.strictObject({
  action: z.enum(["retire", "restore"]),
  ids: z.array(id).min(1).max(maxAtOnce),
  by: name.optional(),
});

export const mergeForm = z.strictObject({
  keep: id,
  duplicates: z.array(id).min(1).max(maxAtOnce),
  by: name.optional(),
});
