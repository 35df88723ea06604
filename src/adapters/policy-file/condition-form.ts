import { z } from "zod";
import { mostPrevious } from "../../core/customer.ts";
import { type Condition, type HoursPlan, type PreviousTest, signs } from "../../core/policy.ts";
import { describedIntents, intents, sentiments, urgencies } from "../../core/types.ts";

/** Both have one for feedback. */
const intentNames = [...new Set([...intents, ...describedIntents])];
const noHours: HoursPlan = { general: { schedule: null }, teams: {} };

/** One name or several; numbers are what ids look like in YAML. */
const names = oneOrMore(
  z.union([z.string().trim().min(1), z.number().transform(String)]),
  "must be a name or a list of names",
);

const ids = oneOrMore(
  z.union([z.literal("none"), z.string().regex(/^\d+$/), z.number().transform(String)]),
  "must be an id (the number in the address of its page in Intercom), a list of ids, or none",
);

const value = z.union([z.string(), z.number(), z.boolean()]);

const valueTest = z.union(
  [
    value.transform((one) => ({ isOneOf: [one] })),
    z
      .array(value)
      .min(1)
      .transform((isOneOf) => ({ isOneOf })),
    z
      .strictObject({
        at_least: z.number().optional(),
        at_most: z.number().optional(),
        contains: z.string().trim().min(1).optional(),
        is_set: z.boolean().optional(),
      })
      .refine((test) => Object.keys(test).length > 0)
      .transform(({ at_least, at_most, contains, is_set }) => ({
        atLeast: at_least,
        atMost: at_most,
        contains,
        isSet: is_set,
      })),
  ],
  {
    error:
      "must be a value, a list of values, or a test with at_least, at_most, contains or is_set",
  },
);

/** What is known before there is a draft. */
const beforeDraft = {
  tag: names.optional(),
  channel: names.optional(),
  team: ids.optional(),
  assignee: ids.optional(),
  url: names.optional(),
  words: names.optional(),
  attachment: oneOrMore(
    z.enum(["image", "voice note", "file"]),
    "must be image, voice note or file, or a list of these",
  ).optional(),
  conversation_attribute: tests().optional(),
};

/** What the conversation shows of trouble. */
const trouble = {
  sign: oneOrMore(z.enum(signs), `must be of ${signs.join(", ")}`).optional(),
  same_question_again: z.boolean("must be true or false").optional(),
  office_hours: z.enum(["open", "closed"], { error: "must be open or closed" }).optional(),
  customer_turns: count().optional(),
};

/** What is read of the customer when a rule asks. */
const aboutCustomer = {
  contact_attribute: tests().optional(),
  contact_tag: names.optional(),
  country: names.optional(),
  segment: names.optional(),
  company: names.optional(),
  plan: names.optional(),
  company_attribute: tests().optional(),
  previous_conversations: z
    .strictObject(
      {
        at_least: z.int().min(1).max(mostPrevious).default(1),
        within_days: z.number().positive().optional(),
        state: oneOrMore(
          z.enum(["open", "closed", "snoozed"]),
          "must be open, closed or snoozed, or a list of these",
        ).optional(),
        rating_at_most: z.int().min(1).max(5).optional(),
      },
      {
        error: (issue) =>
          issue.code === "unrecognized_keys"
            ? undefined
            : `must be { at_least: … } with a number from 1 to ${mostPrevious}, and within_days, state and rating_at_most where wanted`,
      },
    )
    .optional(),
};

const longestSentence = 300;
/** What a model can say is true of messages, or not: "The customer asks for a discount". */
const sentence = z
  .string()
  .trim()
  .max(longestSentence)
  .regex(/\S\s+\S/);
const sentences = oneOrMore(
  sentence,
  `must be a plain sentence about the customer's messages, of at most ${longestSentence} characters, or a list of these`,
);

const onlyAfterDraft = z
  .never({ error: "is known only after the draft: it can stand under mode and escalate, not here" })
  .optional();

const notBeforeDraft = {
  ...beforeDraft,
  ...trouble,
  ...aboutCustomer,
  confidence: onlyAfterDraft,
  questions_back: onlyAfterDraft,
  language: onlyAfterDraft,
  intent: onlyAfterDraft,
  topic: onlyAfterDraft,
  sentiment: onlyAfterDraft,
  urgency: onlyAfterDraft,
};

/** What may stand in `guidance`, which the model is told with the draft. */
export const guidanceConditionForm = conditionForm({ ...notBeforeDraft, says: onlyAfterDraft });

/** What may tell brand, plan or topic: what a conversation keeps from its first message to its last. */
export const lastingConditionForm = conditionForm({
  ...beforeDraft,
  ...aboutCustomer,
  words: z.never({ error: "changes with each message: it cannot tell who asks" }).optional(),
  attachment: z.never({ error: "changes with each message: it cannot tell who asks" }).optional(),
});

/** What may stand in `only` and `never`; of plain sentences the draft tells. */
export const audienceForm = conditionForm({ ...notBeforeDraft, says: sentences.optional() });

/** What may stand in `mode` and `escalate`. */
export const conditionWithDraftForm = conditionForm({
  ...beforeDraft,
  ...trouble,
  ...aboutCustomer,
  questions_back: count().optional(),
  confidence: z
    .strictObject({ below: z.number().min(0).max(1) }, { error: "must be { below: … }, 0 to 1" })
    .optional(),
  language: oneOrMore(
    z.string().regex(/^[a-z]{2}$/),
    "must be a language of two letters, such as de, or a list of these",
  ).optional(),
  intent: oneOrMore(z.enum(intentNames), `must be of ${intentNames.join(", ")}`).optional(),
  says: sentences.optional(),
  topic: names.optional(),
  sentiment: oneOrMore(z.enum(sentiments), `must be of ${sentiments.join(", ")}`).optional(),
  urgency: oneOrMore(z.enum(urgencies), `must be of ${urgencies.join(", ")}`).optional(),
});

type Renamed =
  | "conversationAttribute"
  | "contactAttribute"
  | "contactTag"
  | "companyAttribute"
  | "previousConversations"
  | "sameQuestionAgain"
  | "officeHours"
  | "customerTurns"
  | "questionsBack";
type Written = Omit<Condition, Renamed | "all" | "any" | "not"> & {
  conversation_attribute?: Condition["conversationAttribute"];
  contact_attribute?: Condition["contactAttribute"];
  contact_tag?: Condition["contactTag"];
  company_attribute?: Condition["companyAttribute"];
  previous_conversations?: WrittenPrevious | undefined;
  same_question_again?: boolean | undefined;
  office_hours?: "open" | "closed" | undefined;
  customer_turns?: { at_least: number } | undefined;
  questions_back?: { at_least: number } | undefined;
  all?: Written[] | undefined;
  any?: Written[] | undefined;
  not?: Written | undefined;
};

type WrittenPrevious = {
  at_least: number;
  within_days?: number | undefined;
  state?: PreviousTest["state"];
  rating_at_most?: number | undefined;
};

/** Conditions: every key that is given must hold, and there must be one. */
function conditionForm(shape: z.ZodRawShape): z.ZodType<Condition> {
  const form: z.ZodType<Written> = z
    .strictObject({
      ...shape,
      get all() {
        return z.array(form, "must be a list of conditions").min(1).optional();
      },
      get any() {
        return z.array(form, "must be a list of conditions").min(1).optional();
      },
      get not() {
        return form.optional();
      },
    })
    .refine((written) => Object.keys(written).length > 0, {
      error: "must say something, such as tag: VIP",
      // A key that does not exist is said already.
      when: ({ issues }) => issues.length === 0,
    }) as z.ZodType<Written>;
  return form.transform(toCondition);
}

function toCondition(written: Written): Condition {
  const { conversation_attribute, contact_attribute, contact_tag, company_attribute, ...most } =
    written;
  const { previous_conversations, same_question_again, office_hours, customer_turns, ...others } =
    most;
  const { questions_back, all, any, not, ...rest } = others;
  return {
    ...rest,
    questionsBack: questions_back && { atLeast: questions_back.at_least },
    conversationAttribute: conversation_attribute,
    contactAttribute: contact_attribute,
    contactTag: contact_tag,
    companyAttribute: company_attribute,
    previousConversations: previous_conversations && {
      atLeast: previous_conversations.at_least,
      withinDays: previous_conversations.within_days,
      state: previous_conversations.state,
      ratingAtMost: previous_conversations.rating_at_most,
    },
    sameQuestionAgain: same_question_again,
    // The hours stand elsewhere in the file, and are put in when all of it has been read.
    officeHours: office_hours && { is: office_hours, plan: noHours },
    customerTurns: customer_turns && { atLeast: customer_turns.at_least },
    all: all?.map(toCondition),
    any: any?.map(toCondition),
    not: not === undefined ? undefined : toCondition(not),
  };
}

function count() {
  return z.strictObject({ at_least: z.int().min(1) }, { error: "must be { at_least: … }" });
}

function tests() {
  return z.record(z.string().min(1), valueTest, { error: "must be attributes with a value each" });
}

/** The same condition with the file's hours, wherever it asks about them. */
export function withHours(condition: Condition, plan: HoursPlan): Condition {
  const { officeHours, all, any, not } = condition;
  return {
    ...condition,
    officeHours: officeHours && { ...officeHours, plan },
    all: all?.map((one) => withHours(one, plan)),
    any: any?.map((one) => withHours(one, plan)),
    not: not && withHours(not, plan),
  };
}

function oneOrMore<Entry extends z.ZodType>(entry: Entry, error: string) {
  return z
    .union([entry.transform((one) => [one]), z.array(entry).min(1, error)], { error })
    .transform((entries) => entries as z.output<Entry>[]);
}
