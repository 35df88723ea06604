import { z } from "zod";
import type { Policy } from "./core/types.ts";

// mem0ai reports each call to a third party unless this is set before the module is loaded.
process.env.MEM0_TELEMETRY = "false";

export type Config = {
  port: number;
  host: string;
  logLevel: "debug" | "info" | "warn" | "error";
  isMock: boolean;
  mockReadsIntercom: boolean;
  isChatEnabled: boolean;
  /** Opens /sync, /memory and, outside mock mode, /chat; without one they stay shut. */
  adminToken: string | null;
  /** Absent only in mock mode. */
  intercom: IntercomConfig | null;
  /** Absent only in mock mode: the built-in drafter serves then. */
  model: ModelConfig | null;
  /** Absent: the embedded memory serves. */
  mem0: { apiKey: string; baseUrl: string; kind: "platform" | "server" } | null;
  /** Absent: drafts that need review become internal notes. */
  slack: SlackConfig | null;
  auditSamplePercent: number;
  policy: Policy;
  parallelConversations: number;
  sweepIntervalMs: number;
  /** The sweep leaves younger messages to their notification. */
  sweepGraceMs: number;
  articlesRefreshMs: number;
  redactPatterns: RegExp[];
  dataDir: string;
};

export type IntercomConfig = {
  accessToken: string;
  webhookSecret: string;
  adminId: string;
  baseUrl: string;
  /** Where teammates open conversations in a browser. */
  appUrl: string;
  version: string;
};

export type ModelConfig = {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
  embeddingModel: string | null;
  temperature: number | null;
  maxReplyTokens: number | null;
  /** US dollars per million tokens; absent: costs are not shown. */
  prices: { input: number; output: number } | null;
};

export type SlackConfig = {
  botToken: string;
  signingSecret: string | null;
  channelId: string;
  apiUrl: string | null;
  /** Set: Socket Mode instead of HTTP. */
  appToken: string | null;
  reviewers: string[];
  reminderMinutes: number;
};

/** Everything that is wrong with the settings, one readable paragraph each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

const regions = {
  us: { api: "https://api.intercom.io", app: "https://app.intercom.com" },
  eu: { api: "https://api.eu.intercom.io", app: "https://app.eu.intercom.com" },
  au: { api: "https://api.au.intercom.io", app: "https://app.au.intercom.com" },
};

const text = z.string().min(1);
const list = text.transform((value) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);
const yesOrNo = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["true", "false", "1", "0", "yes", "no"], { error: "must be true or false" }))
  .transform((value) => ["true", "1", "yes"].includes(value));
const url = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:\/\//.test(value), {
    error: "must be an address that begins with https:// or http://",
  })
  .transform((value) => value.replace(/\/+$/, ""));
const oneOf = <const Values extends [string, ...string[]]>(...values: Values) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `must be one of ${values.join(", ")}` }));

function number(min: number, max: number, kind: "whole" | "any" = "whole") {
  const what = kind === "whole" ? "a whole number" : "a number";
  return z
    .string()
    .transform(Number)
    .refine(
      (value) => value >= min && value <= max && (kind === "any" || Number.isInteger(value)),
      { error: `must be ${what} from ${min} to ${max}` },
    );
}

const regularExpressions = text.transform((value, context) => {
  try {
    return value.split("\n").map((source) => new RegExp(source, "giu"));
  } catch (error) {
    const why = error instanceof Error ? error.message : "invalid";
    context.addIssue({
      code: "custom",
      message: `must be regular expressions, one a line: ${why}`,
    });
    return z.NEVER;
  }
});

/** Each variable with its form, what it is for and where its value is found. */
const variables = {
  PORT: about(number(0, 65_535), "the port to listen on", "any free port; 8000 unless set"),
  HOST: about(
    text,
    "the address to listen on",
    "0.0.0.0 for all; in mock mode 127.0.0.1 unless set",
  ),
  LOG_LEVEL: about(
    oneOf("debug", "info", "warning", "error"),
    "how much is logged",
    "INFO unless set; DEBUG also logs customers' texts",
  ),
  MOCK_MODE: about(yesOrNo, "trying it without an account", "make mock sets it"),
  MOCK_READS_INTERCOM: about(
    yesOrNo,
    "letting mock mode read the real workspace, never write to it",
    "false unless set",
  ),
  CHAT_UI_ENABLED: about(yesOrNo, "the test page at /chat", "true unless set"),
  ADMIN_TOKEN: about(
    text.min(16, { error: "must have at least 16 characters" }),
    "opening /sync, /memory and /chat",
    "make one up: openssl rand -hex 32",
  ),
  INTERCOM_ACCESS_TOKEN: about(
    text,
    "reading conversations and replying",
    "Intercom Developer Hub → your app → Configure → Authentication",
  ),
  INTERCOM_WEBHOOK_SECRET: about(
    text,
    "checking that a webhook really comes from Intercom",
    "Intercom Developer Hub → your app → Basic information → Client secret",
  ),
  INTERCOM_ADMIN_ID: about(
    z.string().regex(/^[1-9]\d*$/, { error: "must be a number such as 9608808" }),
    "the teammate in whose name replies are sent",
    "the id of a seat that nobody types with: GET /admins (see README)",
  ),
  INTERCOM_REGION: about(
    oneOf("us", "eu", "au"),
    "the region of your workspace",
    "Intercom → Settings → General → Data hosting region; us unless set",
  ),
  INTERCOM_API_BASE_URL: about(
    url,
    "another address of Intercom's API",
    "overrides INTERCOM_REGION",
  ),
  INTERCOM_VERSION: about(
    z.string().regex(/^\d+\.\d+$/, { error: "must look like 2.16" }),
    "the version of Intercom's API",
    "2.16 unless set",
  ),
  OPENAI_API_KEY: about(text, "drafting replies", "platform.openai.com → API keys"),
  OPENAI_MODEL: about(text, "the model that drafts", "gpt-4o unless set"),
  OPENAI_BASE_URL: about(
    url,
    "any OpenAI-compatible server, such as vLLM or Ollama",
    "its address including /v1",
  ),
  EMBEDDING_MODEL: about(
    text,
    "recalling by meaning as well as by words (embedded memory only)",
    "a model that your OPENAI_BASE_URL serves at /embeddings",
  ),
  MAX_REPLY_TOKENS: about(
    number(16, 100_000),
    "the longest answer of the model",
    "the model's own limit unless set",
  ),
  TEMPERATURE: about(
    number(0, 2, "any"),
    "how much the model varies",
    "the model's own unless set",
  ),
  MODEL_PRICE_INPUT: about(
    number(0, 10_000, "any"),
    "showing what a draft cost: US dollars per million tokens read",
    "your provider's price list; costs are shown when both prices are set",
  ),
  MODEL_PRICE_OUTPUT: about(
    number(0, 10_000, "any"),
    "showing what a draft cost: US dollars per million tokens written",
    "your provider's price list",
  ),
  HISTORY_TURNS: about(
    number(0, 100),
    "how many earlier exchanges the model reads",
    "5 unless set",
  ),
  MEM0_API_KEY: about(text, "remembering answers in Mem0", "app.mem0.ai → API keys"),
  MEM0_BASE_URL: about(url, "another address of Mem0", "https://api.mem0.ai unless set"),
  MEM0_KIND: about(
    oneOf("platform", "server"),
    "whether MEM0_BASE_URL is the platform or a server of your own",
    "platform unless set",
  ),
  SLACK_BOT_TOKEN: about(
    text,
    "posting reviews",
    "api.slack.com/apps → your app → OAuth & Permissions",
  ),
  SLACK_SIGNING_SECRET: about(
    text,
    "checking that a click really comes from Slack",
    "api.slack.com/apps → your app → Basic Information",
  ),
  SLACK_CHANNEL_ID: about(
    z.string().regex(/^[CG][A-Z0-9]+$/, { error: "must be a channel's id such as C0123456789" }),
    "the channel in which drafts are reviewed",
    "Slack → the channel → its name → at the bottom of About",
  ),
  SLACK_APP_TOKEN: about(
    text,
    "Socket Mode, which needs no public address",
    "api.slack.com/apps → your app → Basic Information → App-Level Tokens (connections:write)",
  ),
  SLACK_API_URL: about(url, "another address of Slack's API", "https://slack.com/api unless set"),
  SLACK_REVIEWERS: about(
    list,
    "who may decide",
    "Slack user ids, separated by commas; everybody in the channel unless set",
  ),
  REVIEW_REMINDER_MINUTES: about(
    number(0, 10_080),
    "reminding of an undecided card",
    "0 (never) unless set",
  ),
  AUDIT_SAMPLE_PERCENT: about(
    number(0, 100, "any"),
    "checking automatic replies afterwards",
    "0 unless set",
  ),
  CONFIDENCE_THRESHOLD: about(
    number(0, 1, "any"),
    "from which confidence on a reply may go out by itself",
    "0.8 unless set",
  ),
  REPLY_MODE: about(
    oneOf("auto", "review", "note"),
    "what may happen with drafts",
    "auto unless set",
  ),
  QUIET_PERIOD_MS: about(
    number(0, 600_000),
    "how long a customer must have been silent before a reply leaves",
    "3000 unless set",
  ),
  SWEEP_INTERVAL_SECONDS: about(
    number(1, 86_400),
    "how often to look for lost notifications",
    "300 unless set",
  ),
  SWEEP_MAX_AGE_MINUTES: about(
    number(1, 10_080),
    "who has waited longer is left to people",
    "60 unless set",
  ),
  PARALLEL_CONVERSATIONS: about(
    number(1, 1000),
    "how many conversations are worked on at a time",
    "8 unless set",
  ),
  ONLY_TAGS: about(
    list,
    "answering only conversations with one of these tags",
    "tag names, separated by commas",
  ),
  SKIP_TAGS: about(
    list,
    "never answering conversations with one of these tags",
    "tag names, separated by commas",
  ),
  ARTICLES_REFRESH_MINUTES: about(
    number(1, 10_080),
    "how often the help center is read again",
    "60 unless set",
  ),
  REDACT_PATTERNS: about(
    regularExpressions,
    "masking more than the usual secrets before anything is stored",
    "regular expressions, one a line",
  ),
  DATA_DIR: about(text, "where the embedded memory lives", "./data unless set"),
};

/** The longest wait after which a reply may still go out by itself; who waited longer gets a person's eye. */
const automaticReplyMaxAgeMs = 15 * 60_000;
const restartLimitMs = 30_000;
const sweepGraceMs = 30_000;
/** How long Intercom may take to show a write whose answer we did not hear. */
const settleMs = 2000;

/**
 * Reads the settings.
 *
 * @param environment the variables; an empty one counts as not set
 * @throws ConfigError naming everything that is missing or wrong at once
 */
export function loadConfig(environment: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  const set = readVariables(environment, problems);
  const isMock = set.MOCK_MODE ?? false;

  const require = (names: (keyof typeof variables)[], why: string) => {
    for (const name of names) {
      if (set[name] === undefined && !isInvalid(name, problems)) {
        problems.push(`${name} is missing${why}. ${explain(name)}`);
      }
    }
  };
  const needsIntercom = !isMock || set.MOCK_READS_INTERCOM === true;
  if (needsIntercom) require(["INTERCOM_ACCESS_TOKEN", "INTERCOM_ADMIN_ID"], "");
  if (!isMock) require(["INTERCOM_WEBHOOK_SECRET"], "");
  if (!isMock && set.OPENAI_BASE_URL === undefined) {
    require(["OPENAI_API_KEY"], " (or OPENAI_BASE_URL, if a server of your own serves the model)");
  }
  const usesSlack =
    set.SLACK_BOT_TOKEN !== undefined ||
    set.SLACK_SIGNING_SECRET !== undefined ||
    set.SLACK_CHANNEL_ID !== undefined ||
    set.SLACK_APP_TOKEN !== undefined;
  if (usesSlack) {
    const because = ", while other SLACK_ variables are set";
    require(["SLACK_BOT_TOKEN", "SLACK_CHANNEL_ID"], because);
    if (set.SLACK_APP_TOKEN === undefined) require(["SLACK_SIGNING_SECRET"], because);
  }
  const maxAgeMs = (set.SWEEP_MAX_AGE_MINUTES ?? 60) * 60_000;
  const sweepIntervalMs = (set.SWEEP_INTERVAL_SECONDS ?? 300) * 1000;
  if (sweepIntervalMs >= maxAgeMs) {
    problems.push(
      "SWEEP_INTERVAL_SECONDS must be shorter than SWEEP_MAX_AGE_MINUTES. A customer whose notification was lost would be left to people before anybody looked.",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const region = regions[set.INTERCOM_REGION ?? "us"];
  return {
    port: set.PORT ?? 8000,
    host: set.HOST ?? (isMock ? "127.0.0.1" : "0.0.0.0"),
    logLevel: set.LOG_LEVEL === "warning" ? "warn" : (set.LOG_LEVEL ?? "info"),
    isMock,
    mockReadsIntercom: isMock && (set.MOCK_READS_INTERCOM ?? false),
    isChatEnabled: set.CHAT_UI_ENABLED ?? true,
    adminToken: set.ADMIN_TOKEN ?? null,
    intercom: needsIntercom
      ? {
          accessToken: set.INTERCOM_ACCESS_TOKEN ?? "",
          webhookSecret: set.INTERCOM_WEBHOOK_SECRET ?? "",
          adminId: set.INTERCOM_ADMIN_ID ?? "",
          baseUrl: set.INTERCOM_API_BASE_URL ?? region.api,
          appUrl: region.app,
          version: set.INTERCOM_VERSION ?? "2.16",
        }
      : null,
    model:
      set.OPENAI_API_KEY === undefined && set.OPENAI_BASE_URL === undefined
        ? null
        : {
            apiKey: set.OPENAI_API_KEY ?? null,
            baseUrl: set.OPENAI_BASE_URL ?? null,
            model: set.OPENAI_MODEL ?? "gpt-4o",
            embeddingModel: set.EMBEDDING_MODEL ?? null,
            temperature: set.TEMPERATURE ?? null,
            maxReplyTokens: set.MAX_REPLY_TOKENS ?? null,
            prices: pricesIn(set),
          },
    mem0:
      set.MEM0_API_KEY === undefined
        ? null
        : {
            apiKey: set.MEM0_API_KEY,
            baseUrl: set.MEM0_BASE_URL ?? "https://api.mem0.ai",
            kind: set.MEM0_KIND ?? "platform",
          },
    slack:
      usesSlack && !isMock
        ? {
            botToken: set.SLACK_BOT_TOKEN ?? "",
            signingSecret: set.SLACK_SIGNING_SECRET ?? null,
            channelId: set.SLACK_CHANNEL_ID ?? "",
            apiUrl: set.SLACK_API_URL ?? null,
            appToken: set.SLACK_APP_TOKEN ?? null,
            reviewers: set.SLACK_REVIEWERS ?? [],
            reminderMinutes: set.REVIEW_REMINDER_MINUTES ?? 0,
          }
        : null,
    auditSamplePercent: set.AUDIT_SAMPLE_PERCENT ?? 0,
    policy: {
      replyMode: set.REPLY_MODE ?? "auto",
      confidenceThreshold: set.CONFIDENCE_THRESHOLD ?? 0.8,
      quietPeriodMs: set.QUIET_PERIOD_MS ?? 3000,
      restartLimitMs,
      automaticReplyMaxAgeMs,
      maxAgeMs,
      settleMs,
      historyTurns: set.HISTORY_TURNS ?? 5,
      onlyTags: set.ONLY_TAGS ?? [],
      skipTags: set.SKIP_TAGS ?? [],
    },
    parallelConversations: set.PARALLEL_CONVERSATIONS ?? 8,
    sweepIntervalMs,
    sweepGraceMs,
    articlesRefreshMs: (set.ARTICLES_REFRESH_MINUTES ?? 60) * 60_000,
    redactPatterns: set.REDACT_PATTERNS ?? [],
    dataDir: set.DATA_DIR ?? "./data",
  };
}

/** A cost needs both; with one alone it would look lower than it is. */
function pricesIn({ MODEL_PRICE_INPUT: input, MODEL_PRICE_OUTPUT: output }: Values) {
  return input === undefined || output === undefined ? null : { input, output };
}

type Values = { [Name in keyof typeof variables]?: z.output<(typeof variables)[Name]["form"]> };

function readVariables(
  environment: Record<string, string | undefined>,
  problems: string[],
): Values {
  const values: Record<string, unknown> = {};
  for (const [name, { form }] of Object.entries(variables)) {
    const raw = environment[name]?.trim();
    if (raw === undefined || raw === "") continue;
    const parsed = form.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else {
      const why = parsed.error.issues.map((issue) => issue.message).join("; ");
      problems.push(`${name} ${why}. ${explain(name as keyof typeof variables)}`);
    }
  }
  return values as Values;
}

function explain(name: keyof typeof variables): string {
  const { purpose, where } = variables[name];
  return `It is for ${purpose}. Where to find it: ${where}.`;
}

/** A value that is wrong is named once, not also as missing. */
function isInvalid(name: string, problems: string[]): boolean {
  return problems.some((problem) => problem.startsWith(`${name} `));
}

function about<Form extends z.ZodType>(form: Form, purpose: string, where: string) {
  return { form, purpose, where };
}
