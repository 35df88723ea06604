import { z } from "zod";
import { languageName } from "../../core/language-name.ts";
import { mostLookups, type WantedLookup } from "../../core/lookup-tools.ts";
import type { Topic } from "../../core/policy.ts";
import type { DraftRequest } from "../../core/ports.ts";
import {
  type Intent,
  intents,
  type Sentiment,
  sentiments,
  type Urgency,
  urgencies,
} from "../../core/types.ts";

/** What the model says, read and checked. */
export type Answer = {
  reply: string;
  /** 0 to 1. */
  confidence: number;
  reasoning: string;
  intent: Intent;
  /** ISO 639-1, or what the model gave in its place; `null` where it gave nothing. */
  language: string | null;
  needsHuman: boolean;
  /** `undefined` where it said nothing that is known, as for the next. */
  sentiment?: Sentiment | undefined;
  urgency?: Urgency | undefined;
  /** As it was written; unchecked. `null` where nothing was. */
  topic: string | null;
  /** Numbers of the sentences that are true, from 1; unchecked. `undefined` where it said nothing of them. */
  trueStatements?: number[] | undefined;
  asksBack: boolean;
  /** In the model's words, as are the next two: for people only. */
  missing: string[];
  promises: string[];
  summary: string;
  /** Numbers of sources as the prompt counts them, from 1; unchecked. */
  usedSources: number[];
  /** What it wants looked up first; unchecked. */
  wantedLookups: WantedLookup[];
  /** Passages that the reply rests on, with the numbers of their sources; unchecked. */
  evidence: { source: number; quote: string }[];
  /** Messages and reply in the team's language, for people; "" where they are in it, or not asked for. */
  translation: { messages: string; reply: string };
};

/** What stands for "none of the topics"; no topic has this name. */
const noTopic = "none";

// In the order in which the model writes them: it reasons first and judges itself last.
const fieldsBefore = {
  language: { type: "string", description: 'language the customer writes in, as ISO 639-1: "en"' },
  intent: { type: "string", enum: intents, description: "what the customer wants" },
} as const;
const fieldsAfter = (forTeam: string) =>
  ({
    sentiment: {
      type: "string",
      enum: sentiments,
      description:
        "how the customer sounds; having a problem, or asking how to cancel, is calm as long as nothing else sounds otherwise",
    },
    urgency: {
      type: "string",
      enum: urgencies,
      description:
        "how soon it matters to the customer: high where they cannot work, lose money or data, or a deadline is near",
    },
    reasoning: {
      type: "string",
      description: `one to three sentences in ${forTeam} for the teammate who may review the reply`,
    },
    missing_facts: {
      type: "array",
      items: { type: "string" },
      description: `what the reply lacks and only a teammate can know or look up, each as a short question in ${forTeam} ("When does the contract end?"); three at most, none of what the customer could say, empty where nothing lacks`,
    },
    evidence: {
      type: "array",
      items: {
        type: "object",
        properties: { source: { type: "integer" }, quote: { type: "string" } },
        required: ["source", "quote"],
        additionalProperties: false,
      },
      description:
        "the passages that the reply will rest on, copied word for word from the sources, a sentence or two each, with the number of the source; empty where it rests on none",
    },
    used_sources: {
      type: "array",
      items: { type: "integer" },
      description: "numbers of the sources that the reply rests on",
    },
    reply: {
      type: "string",
      description: "what the customer will read, as Markdown; may be empty",
    },
    asks_back: {
      type: "boolean",
      description:
        "whether the reply asks the customer for something without which it cannot be answered",
    },
    promises: {
      type: "array",
      items: { type: "string" },
      description:
        "what the reply promises that the company or a colleague will do, each in the reply's words; empty where it promises nothing",
    },
    needs_human: { type: "boolean", description: "whether a person has to take care of this" },
    summary: {
      type: "string",
      description: `the matter so far in two sentences in ${forTeam}, for the teammate who takes over: who wants what, and what was tried`,
    },
    confidence: {
      type: "number",
      description: "from 0 to 1, how likely a careful teammate would send the reply unchanged",
    },
  }) as const;

/** What is asked for besides where the team has a language; last, so that it changes nothing before. */
function translationFields(inWords: string) {
  return {
    translated_messages: {
      type: "string",
      description: `the unanswered messages in ${inWords}, for the teammate; empty if they are in ${inWords}`,
    },
    translated_reply: {
      type: "string",
      description: `the reply in ${inWords}, for the teammate; empty if it is in ${inWords}`,
    },
  } as const;
}

/** What is asked for where the policy has topics. */
function topicField(topics: Topic[]): Field {
  const listed = topics.map(({ name, about }) =>
    about === null ? `"${name}"` : `"${name}" (${about})`,
  );
  return {
    type: "string",
    enum: [...topics.map(({ name }) => name), noTopic],
    description: `what the messages are about: ${listed.join(", ")}; "${noTopic}" where no one fits`,
  };
}

/** What is asked for where rules are written as plain sentences. */
function statementsField(sentences: string[]): Field {
  const listed = sentences.map((sentence, index) => `${index + 1}. "${sentence}"`);
  return {
    type: "array",
    items: { type: "integer" },
    description: `numbers of those of these statements that are true of the unanswered messages, empty where none is: ${listed.join("; ")}`,
  };
}

/** What is asked for where something can be looked up. */
function lookupsField(tools: LookupOffer[]): Field {
  const listed = tools.map(({ name, about, asks }) => {
    const inputs = asks.map((input) => `${input.name}: ${input.about}`).join("; ");
    return `"${name}" (${about}${inputs === "" ? "" : `; inputs: ${inputs}`})`;
  });
  return {
    type: "array",
    items: {
      type: "object",
      properties: {
        name: { type: "string", enum: tools.map(({ name }) => name) },
        inputs: {
          type: "array",
          items: {
            type: "object",
            properties: { name: { type: "string" }, value: { type: "string" } },
            required: ["name", "value"],
            additionalProperties: false,
          },
        },
      },
      required: ["name", "inputs"],
      additionalProperties: false,
    },
    description: `what has to be looked up before the messages can be answered, at most ${mostLookups}; you are then asked again, with what was found among the sources. Only where the customer gave what it needs, else ask them for that in the reply; empty where nothing has to be. There is: ${listed.join(", ")}`,
  };
}

type LookupOffer = NonNullable<DraftRequest["lookups"]>[number];

type Item = {
  type: "integer" | "string" | "object" | "array";
  enum?: readonly string[];
  /** Of an array. */
  items?: Item;
  /** Of an object; with it, that all are required and no others may be. */
  properties?: Record<string, Item>;
  required?: readonly string[];
  additionalProperties?: false;
};

type Field = {
  type: "string" | "number" | "boolean" | "array";
  enum?: readonly string[];
  items?: Item;
  description: string;
};

/**
 * What the model is asked for.
 *
 * @param teamLanguage ISO 639-1: what is for people is written in it, and messages and reply are
 *   translated into it where they are in another; `null`: English, and no translations
 * @param topics what it sorts the messages into; none: it is not asked
 * @param sentences of which it says whether they are true of the messages; none: it is not asked
 * @param lookups what it may have looked up first; none: it is not asked
 */
export function answerShape(
  teamLanguage: string | null,
  topics: Topic[] = [],
  sentences: string[] = [],
  lookups: LookupOffer[] = [],
) {
  const forTeam = nameOfLanguage(teamLanguage ?? "en");
  const asked: Record<string, Field> = {
    ...fieldsBefore,
    ...(topics.length === 0 ? {} : { topic: topicField(topics) }),
    ...(sentences.length === 0 ? {} : { true_statements: statementsField(sentences) }),
    ...(lookups.length === 0 ? {} : { look_ups: lookupsField(lookups) }),
    ...fieldsAfter(forTeam),
    ...(teamLanguage === null ? {} : translationFields(forTeam)),
  };
  return { schema: schemaOf(asked), format: formatOf(asked) };
}

function nameOfLanguage(code: string): string {
  return languageName(code) ?? code;
}

/** The same for requests of one installation: made anew only when what is asked for has changed. */
export function createShapes(teamLanguage: string | null) {
  const shape = answerShape(teamLanguage);
  let made = { asked: [[], [], []] as [Topic[], string[], LookupOffer[]], shape };
  return ({ topics = [], sentences = [], lookups = [] }: Asked) => {
    if (topics.length + sentences.length + lookups.length === 0) return shape;
    const asked: typeof made.asked = [topics, sentences, lookups];
    if (!asked.every((list, index) => areSame(list, made.asked[index] ?? []))) {
      made = { asked, shape: answerShape(teamLanguage, ...asked) };
    }
    return made.shape;
  };
}

type Asked = Pick<DraftRequest, "topics" | "sentences" | "lookups">;

function areSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index]);
}

/**
 * The answer as a JSON schema of the subset that "strict" allows: every property required, no others,
 * no bounds on numbers. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
function schemaOf(asked: Record<string, Field>) {
  return {
    type: "object",
    properties: asked,
    required: Object.keys(asked),
    additionalProperties: false,
  };
}

const typeNames = { string: "text", number: "number", boolean: "true or false" };

function typeOf({ type, enum: names, items }: Field): string {
  if (names !== undefined) return `one of ${names.join(", ")}`;
  if (type !== "array") return typeNames[type];
  return items === undefined ? "list" : `list of ${itemsOf(items)}`;
}

function itemsOf({ type, properties = {} }: Item): string {
  if (type !== "object") return type === "integer" ? "whole numbers" : "texts";
  const fields = Object.entries(properties).map(([name, { type: kind, items }]) => {
    if (items !== undefined) return `"${name}": list of ${itemsOf(items)}`;
    return `"${name}": ${kind === "integer" ? "number" : "text"}`;
  });
  return `objects {${fields.join(", ")}}`;
}

/** The same in words, for servers that do not enforce a schema. */
function formatOf(asked: Record<string, Field>): string {
  return [
    "Answer with one JSON object and nothing before or after it. It has these fields, in this order:",
    "",
    ...Object.entries(asked).map(
      ([name, field]) => `- \`${name}\` (${typeOf(field)}): ${field.description}`,
    ),
  ].join("\n");
}

/**
 * Reads what a model wrote, also where it stands between other words, in a fence or with small
 * slips in it: numbers as text, a percentage, fields left out that have a safe value.
 *
 * @returns the answer, or what is wrong with it in words for the model
 */
export function readAnswer(text: string): { answer: Answer } | { problem: string } {
  const objects = jsonObjectsIn(text);
  if (objects.length === 0) return { problem: "It contains no complete JSON object." };

  const results = objects.map((object) => lenientSchema.safeParse(object));
  // A model that thinks aloud writes its drafts first.
  const best = results.findLast((result) => result.success) ?? results.at(-1);
  if (best?.success !== true) {
    const problems = best?.error.issues.map(
      ({ path, message }) => `${path.join(".") || "the object"}: ${message}`,
    );
    return { problem: `${(problems ?? []).join("; ")}.` };
  }
  const {
    needs_human: needsHuman,
    used_sources: usedSources,
    true_statements: trueStatements,
    asks_back: asksBack,
    missing_facts: missing,
    look_ups: wantedLookups,
    translated_messages: messages,
    translated_reply: reply,
    ...rest
  } = best.data;
  return {
    answer: {
      ...rest,
      needsHuman,
      usedSources,
      trueStatements,
      asksBack,
      missing,
      wantedLookups,
      translation: { messages, reply },
    },
  };
}

const lenientSchema = z.object({
  reply: z.preprocess((value) => value ?? undefined, z.string("must be given, as text")),
  confidence: z
    .unknown()
    .optional()
    .transform((value, context) => {
      const confidence = readConfidence(value);
      if (confidence !== null) return confidence;
      context.addIssue({ code: "custom", message: "must be a number from 0 to 1" });
      return z.NEVER;
    }),
  reasoning: z.string().catch(""),
  intent: z.preprocess(lowerCase, z.enum(intents).catch("other")),
  sentiment: z.preprocess(lowerCase, z.enum(sentiments).optional().catch(undefined)),
  urgency: z.preprocess(lowerCase, z.enum(urgencies).optional().catch(undefined)),
  topic: z.string().trim().min(1).nullable().catch(null),
  true_statements: z.unknown().optional().transform(readStatements),
  language: z.unknown().optional().transform(readLanguage),
  // Whoever does not say that nobody is needed gets somebody.
  needs_human: z
    .unknown()
    .optional()
    .transform((value) => !/^(false|no|0)$/i.test(String(value).trim())),
  used_sources: z.unknown().optional().transform(readNumbers),
  evidence: z.unknown().optional().transform(readEvidence),
  look_ups: z.unknown().optional().transform(readLookups),
  asks_back: z
    .unknown()
    .optional()
    .transform((value) => /^(true|yes|1)$/i.test(String(value).trim())),
  missing_facts: z.unknown().optional().transform(readWords),
  promises: z.unknown().optional().transform(readWords),
  summary: z
    .unknown()
    .optional()
    .transform((value) => readWords(value)[0] ?? ""),
  // A translation that lacks costs nobody the draft.
  translated_messages: z.string().catch(""),
  translated_reply: z.string().catch(""),
});

function lowerCase(value: unknown): unknown {
  return typeof value === "string" ? value.trim().toLowerCase() : value;
}

/** 0.8, "0.8", 80, "80 %" → 0.8. What is above 1 is a percentage; the rest is cut to 0 to 1. */
function readConfidence(value: unknown): number | null {
  const match = /^\s*(-?\d+(?:[.,]\d+)?)\s*(%?)\s*$/.exec(
    typeof value === "number" || typeof value === "string" ? String(value) : "",
  );
  if (match?.[1] === undefined) return null;
  const number = Number(match[1].replace(",", "."));
  const isPercentage = match[2] === "%" || number > 1;
  return Math.min(1, Math.max(0, isPercentage ? number / 100 : number));
}

/** "de", "de-CH", "DE" → "de". */
function readLanguage(value: unknown): string | null {
  if (typeof value !== "string") return null;
  return /^([a-z]{2,3})(?:[-_]|$)/.exec(value.trim().toLowerCase())?.[1] ?? null;
}

/** [1, "2", "[3]", "Source 4"] → [1, 2, 3, 4], each once. */
function readNumbers(value: unknown): number[] {
  const entries = Array.isArray(value) ? value : [value];
  const numbers = entries
    .filter((entry) => typeof entry === "number" || typeof entry === "string")
    .flatMap((entry) => String(entry).match(/\d+/g) ?? []);
  return [...new Set(numbers.map(Number))];
}

/** [1, 3], or "1, 3"; whatever is no list of numbers says nothing. */
function readStatements(value: unknown): number[] | undefined {
  const isList = Array.isArray(value) || (typeof value === "string" && /^[\d\s,]*$/.test(value));
  return isList ? readNumbers(value) : undefined;
}

/** Texts that people read: a few, not blank, and none longer than a card has room for. */
function readWords(value: unknown): string[] {
  const entries = Array.isArray(value) ? value : [value];
  return entries
    .filter((entry) => typeof entry === "string")
    .map((entry) => entry.replace(/\s+/g, " ").trim())
    .filter((entry) => entry !== "" && !/^(?:none|null|n\/a|-+)$/i.test(entry))
    .slice(0, mostWords)
    .map((entry) => entry.slice(0, longestWords).toWellFormed());
}

/** [{ source: "[2]", quote: "…" }] → numbers and texts; what names no source or quotes nothing is none. */
function readEvidence(value: unknown): Answer["evidence"] {
  const entries = Array.isArray(value) ? value : [value];
  return entries
    .flatMap((entry) => {
      const { source, quote } = Object(entry);
      const [number] = readNumbers(source);
      if (number === undefined || typeof quote !== "string" || quote.trim() === "") return [];
      return [{ source: number, quote: quote.trim().slice(0, longestQuote).toWellFormed() }];
    })
    .slice(0, mostQuotes);
}

/** [{ name, inputs: [{ name, value }] }], or inputs as an object; what names nothing is none. */
function readLookups(value: unknown): WantedLookup[] {
  const entries = Array.isArray(value) ? value : [value];
  return entries
    .flatMap((entry) => {
      const { name, inputs } = Object(entry);
      if (typeof name !== "string" || name.trim() === "") return [];
      const pairs = Array.isArray(inputs)
        ? inputs.map((one): [unknown, unknown] => [Object(one).name, Object(one).value])
        : Object.entries(Object(inputs));
      const given = pairs.flatMap(([input, said]) =>
        typeof input === "string" && ["string", "number"].includes(typeof said)
          ? [[input, String(said)] as const]
          : [],
      );
      return [{ name: name.trim(), inputs: Object.fromEntries(given) }];
    })
    .slice(0, mostLookups);
}

const mostQuotes = 12;
/** In characters; the beginning of a longer one stands in its source as well. */
const longestQuote = 1000;

const mostWords = 3;
/** In characters. */
const longestWords = 400;

/** Every JSON object that stands somewhere in the text, outermost ones only. */
export function jsonObjectsIn(text: string): unknown[] {
  const found: unknown[] = [];
  let start = text.indexOf("{");
  // A `{` that begins no object is tried in vain; a flood of them must not take for ever.
  for (let attempts = 0; start !== -1 && attempts < 50; attempts++) {
    const end = endOfObject(text, start);
    const object = end === -1 ? null : parseLenient(text.slice(start, end));
    if (object !== null) found.push(object);
    start = text.indexOf("{", object === null ? start + 1 : end);
  }
  return found;
}

/** Where the object that begins there ends, or -1. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isInString = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (isInString && character === "\\") index++;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return index + 1;
  }
  return -1;
}

function parseLenient(json: string): unknown {
  for (const candidate of [json, escapeControls(json)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next reading, or none.
    }
  }
  return null;
}

/** Small models break the lines of a reply inside the string, where JSON wants `\n`. */
function escapeControls(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/gs, (string) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    string.replace(/[\u0000-\u001f]/g, (control) => JSON.stringify(control).slice(1, -1)),
  );
}
