import { z } from "zod";
import { builtInEscalations } from "../../core/judging/built-in-escalations.ts";
import type { Labels } from "../../core/labels.ts";
import { audienceForm, conditionWithDraftForm, guidanceConditionForm } from "./condition-form.ts";
import { hoursForm } from "./hours-form.ts";
import { lookupsForm } from "./lookups-form.ts";
import { sourcesForm } from "./sources-form.ts";
import { whoAsksForm } from "./who-asks-form.ts";

/** The form of the policy file; `docs/policy.md` says what each key is for. */

const name = z
  .string("must be text")
  .trim()
  .min(1, "must not be empty")
  .max(80, "must have at most 80 characters")
  .optional();

const builtInNames = builtInEscalations.map((rule) => rule.name);
const isBuiltIn = (given: string | undefined) => builtInNames.some((one) => one === given);

const modeWord = z.enum(["auto", "review", "note", "shadow"], {
  error: "must be one of auto, review, note, shadow",
});

const zeroToOne = z
  .number("must be a number from 0 to 1")
  .min(0, "must be from 0 to 1")
  .max(1, "must be from 0 to 1");

const modeRule = z.strictObject(
  {
    name,
    when: conditionWithDraftForm.optional(),
    mode: modeWord,
    percent: z
      .number("must be a number from 0 to 100")
      .min(0, "must be from 0 to 100")
      .max(100, "must be from 0 to 100")
      .default(100),
  },
  { error: expected("a rule with mode, and with when, percent and name where wanted") },
);

const id = z.union([z.string().regex(/^\d+$/), z.int().positive().transform(String)], {
  error: "must be the number in the address of its page in Intercom",
});
const target = z.union(
  [
    z.strictObject({ team: id }).transform(({ team }) => ({ type: "team" as const, id: team })),
    z.strictObject({ teammate: id }).transform(({ teammate }) => ({
      type: "admin" as const,
      id: teammate,
    })),
  ],
  { error: "must be { team: … } or { teammate: … }, with an id" },
);

const sentence = z.string().trim().min(1).max(1000);
const tell = z.union(
  [
    z.literal(false).transform(() => "nothing" as const),
    sentence.transform((any) => ({ any })),
    z.record(z.string().regex(/^(?:[a-z]{2}|any)$/), sentence),
  ],
  { error: "must be a sentence, a sentence for each language (de, en …, any), or false" },
);

/** An object with a key of this name could pass for a promise; here it is a word for leads. */
const does = "then";

const escalation = z
  .strictObject(
    {
      name,
      when: conditionWithDraftForm.optional(),
      [does]: z
        .enum(["review", "at-once", "offer-first", "off"], {
          error: "must be one of review, at-once, offer-first, off",
        })
        .optional(),
      to: target.optional(),
      tell: tell.optional(),
    },
    { error: expected("a rule with name, when and then") },
  )
  .refine((rule) => isBuiltIn(rule.name) || (rule.when !== undefined && rule[does] !== undefined), {
    error: `must have when and then: only the built-in rules (${builtInNames.join(", ")}) may leave them out`,
    when: ({ issues }) => issues.length === 0,
  })
  .transform(({ [does]: step, ...rule }) => ({ ...rule, step }));

const audienceRule = z.strictObject(
  { name, when: audienceForm },
  { error: expected("a rule with when, and with name where wanted") },
);

const dailyLimit = z
  .strictObject(
    {
      replies: z.int("must be a whole number").min(0, "must not be negative").optional(),
      dollars: z.number("must be a number").min(0, "must not be negative").optional(),
    },
    { error: expected("replies, dollars, or both") },
  )
  .refine((limit) => Object.keys(limit).length > 0, { error: "must say replies or dollars" })
  .transform(({ replies = null, dollars = null }) => ({ replies, dollars }));

/** The same bounds as `npm run ladder -- --target`: beyond them the alarm of audits says nothing. */
const ladder = z
  .strictObject(
    {
      target: z
        .number("must be a number from 85 to 99.5: how many of 100 drafts must be right")
        .min(85, "must be from 85 to 99.5")
        .max(99.5, "must be from 85 to 99.5")
        .default(95),
      promote: z.enum(["ask", "alone"], { error: "must be ask or alone" }).default("ask"),
    },
    { error: expected("target and promote, as far as wanted") },
  )
  .transform(({ target, promote }) => ({
    errorLimit: (100 - target) / 100,
    promotes: promote === "ask" ? ("asks" as const) : ("alone" as const),
  }));

/** As much as other makers allow; a longer one is a document. */
const longestGuidance = 2_500;
const say = z
  .string("must be a sentence")
  .trim()
  .min(1, "must not be empty")
  .max(longestGuidance, `must have at most ${longestGuidance} characters`);
const guidanceRule = z.union(
  [
    say.transform((sentence) => ({ say: sentence, name: undefined, when: undefined })),
    z.strictObject({ name, when: guidanceConditionForm.optional(), say }),
  ],
  {
    error: `must be a sentence of at most ${longestGuidance} characters, or say with when and name`,
  },
);

/** With more of them a model sorts badly, and each stands in every prompt. */
const mostTopics = 50;
const topicName = z
  .string("must be a name")
  .trim()
  .min(1, "must not be empty")
  .max(60, "must have at most 60 characters")
  .refine((one) => one.toLowerCase() !== "none", "must not be none: that is what fits no topic");
const topicsError =
  "must be a list of names, such as [billing, login], or names with what belongs to each";
const topics = z
  .union(
    [
      z.array(topicName).transform((names) => names.map((one) => ({ name: one, about: null }))),
      z
        .record(topicName, z.string().trim().min(1).max(300).nullable())
        .transform((named) =>
          Object.entries(named).map(([one, about]) => ({ name: one.trim(), about })),
        ),
    ],
    { error: topicsError },
  )
  .refine((all) => all.length <= mostTopics, `must be at most ${mostTopics}`)
  .refine(
    (all) => new Set(all.map((one) => one.name.toLowerCase())).size === all.length,
    "must not name one twice",
  );

const wordsError = "must be a text or a list of texts";
const fewWords = z
  .union(
    [
      z
        .string()
        .trim()
        .min(1)
        .transform((one) => [one]),
      z.array(z.string().trim().min(1)).min(1),
    ],
    { error: wordsError },
  )
  .optional();
const draftOn = z
  .strictObject(
    { tag: fewWords, note: fewWords },
    { error: expected("tag, note, or both, such as { tag: draft, note: /draft }") },
  )
  .refine((given) => Object.keys(given).length > 0, { error: "must say tag or note" })
  .transform(({ tag = [], note = [] }) => ({ tags: tag, words: note }));

const labelPlaceError = "must be { attribute: … } or { tag: … }, with a name that Intercom has";
const labelPlace = z.union(
  [
    z.strictObject({ attribute: z.string().trim().min(1) }),
    // A blank at its end is part of a tag's beginning.
    z.strictObject({ tag: z.string().regex(/\S/, "must not be blank") }),
  ],
  { error: labelPlaceError },
);
const label = z
  .strictObject(
    {
      topic: labelPlace.optional(),
      sentiment: labelPlace.optional(),
      language: labelPlace.optional(),
      outcome: labelPlace.optional(),
    },
    { error: expected("topic, sentiment, language and outcome, as far as wanted") },
  )
  .transform((places): Labels => {
    const given = Object.entries(places).filter(([, place]) => place !== undefined);
    return Object.fromEntries(given);
  });

const threshold = z
  .number("must be a number above 0, at most 1")
  .gt(0, "must be above 0")
  .max(1, "must be at most 1")
  .optional();
const checkThresholds = z.record(
  z.string().min(1),
  z.strictObject(
    { says: threshold, supported: threshold },
    { error: expected("says, supported, or both") },
  ),
  { error: "must be models with their thresholds, such as { gpt-6-luna: { supported: 0.8 } }" },
);

const missingFacts = z
  .strictObject(
    {
      after_minutes: z
        .number("must be a number of minutes")
        .min(1, "must be at least 1")
        .max(7 * 24 * 60, "must be at most a week"),
      [does]: z.enum(["remind", "hand-over"], { error: "must be one of remind, hand-over" }),
    },
    { error: expected("after_minutes and then (remind or hand-over)") },
  )
  .transform(({ after_minutes, [does]: step }) => ({ afterMs: after_minutes * 60_000, step }));

export const policyForm = z.strictObject(
  {
    mode: z.array(modeRule, "must be auto, review, note or shadow, or a list of rules").default([]),
    escalate: z.array(escalation, "must be a list of rules").default([]),
    only: z.array(audienceRule, "must be a list of rules").default([]),
    never: z.array(audienceRule, "must be a list of rules").default([]),
    confidence_threshold: zeroToOne.optional(),
    guidance: z.array(guidanceRule, "must be a list of sentences").default([]),
    daily_limit: dailyLimit.optional(),
    ladder: ladder.optional(),
    office_hours: hoursForm.optional(),
    topics: topics.optional(),
    who_asks: whoAsksForm.optional(),
    lookups: lookupsForm.optional(),
    sources: sourcesForm.optional(),
    feedback_list: z.boolean("must be true or false").optional(),
    label: label.optional(),
    helpful_articles: z
      .int("must be a whole number")
      .min(0, "must be from 0 to 3")
      .max(3, "must be from 0 to 3")
      .optional(),
    missing_facts: missingFacts.optional(),
    draft_on: draftOn.optional(),
    check_thresholds: checkThresholds.optional(),
    hand_off: z
      .strictObject(
        {
          to: target,
          back_tag: z.string("must be a tag's name").trim().min(1).optional(),
          in_slack: z.boolean("must be true or false").optional(),
        },
        {
          error: expected("to, with a team or a teammate, and back_tag and in_slack where wanted"),
        },
      )
      .optional(),
    contact_attributes: z
      .array(z.string().trim().min(1), "must be a list of names, such as [plan, country]")
      .optional(),
    max_automatic_replies: z
      .int("must be a whole number")
      .min(0, "must not be negative")
      .optional(),
  },
  { error: expected("keys with values, such as mode: review") },
);

/** Keys that do not exist have a sentence of their own, with those that do. */
function expected(what: string): z.core.$ZodErrorMap {
  return (issue) => (issue.code === "unrecognized_keys" ? undefined : `must be ${what}`);
}
