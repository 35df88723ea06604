import { misspelt } from "./config/closest.ts";
import { assignment, explain } from "./config/explain.ts";
import { type Values, type VariableName, variables } from "./config/variables.ts";
import { builtInEscalations } from "./core/judging/built-in-escalations.ts";
import { noRules, usualWhoAsks } from "./core/policy.ts";
import type { Policy } from "./core/types.ts";

// mem0ai reports each call to a third party unless this is set before the module is loaded.
process.env.MEM0_TELEMETRY = "false";

export type Config = {
  port: number;
  host: string;
  /** Where /metrics is served without a token; `null`: on `port`, with the admin token. */
  metricsPort: number | null;
  logLevel: "debug" | "info" | "warn" | "error";
  isMock: boolean;
  mockReadsIntercom: boolean;
  isChatEnabled: boolean;
  /** Under which Intercom and Slack reach the service; `null`: not said, so not tried. */
  publicUrl: string | null;
  /** Opens /sync, /memory, /insight, /why, /metrics and, outside mock mode, /chat; without one they stay shut. */
  adminToken: string | null;
  /** Opens the page at /memory for reading and suggesting. */
  suggestToken: string | null;
  /** Absent only in mock mode. */
  intercom: IntercomConfig | null;
  /** Absent only in mock mode: the built-in drafter serves then. */
  model: ModelConfig | null;
  /** Absent, and without `memoryUrl`: the embedded memory serves. */
  mem0: { apiKey: string; baseUrl: string; kind: "platform" | "server" } | null;
  /** The PostgreSQL that answers are remembered in; `null`: none. */
  memoryUrl: string | null;
  /** Absent: drafts that need review become internal notes. */
  slack: SlackConfig | null;
  auditSamplePercent: number;
  policy: Policy;
  /** Where the rules stand that go before `policy`; `null`: nowhere. */
  /** Estimated tokens of one prompt. */
  promptTokenBudget: number;
  /** ISO 639-1; what is in another language is translated into it for people. */
  teamLanguage: string | null;
  /** The model is shown worked examples. */
  hasPromptExamples: boolean;
  policyFile: string | null;
  parallelConversations: number;
  /** Absent: one process answers alone. */
  redis: RedisConfig | null;
  sweepIntervalMs: number;
  /** The sweep leaves younger messages to their notification. */
  sweepGraceMs: number;
  /** In mock mode: sources of knowledge were named when it started, and serve in place of the demo. */
  hasOwnKnowledge: boolean;
  /** Hosts of pages besides those of the sites; only with its port may one lie in the own network. */
  knowledgeAllowedHosts: string[];
  articlesRefreshMs: number;
  redactPatterns: RegExp[];
  /** What headers of look-ups may name: every variable whose name begins with LOOKUP_. */
  lookupSecrets: Record<string, string>;
  dataDir: string;
  /** What contacts said and heard is removed after so many days; `null`: never by itself. */
  retentionDays: number | null;
};

export type IntercomConfig = {
  accessToken: string;
  /** One, or two while it is being changed; a webhook signed with either is taken. */
  webhookSecrets: string[];
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
  /** How many numbers its vectors have; `null`: as many as it gives by itself. */
  embeddingDimensions: number | null;
  /** Whether it is shown images; `auto`: as it proves when the first one comes. */
  seesImages: "auto" | "true" | "false";
  /** What puts voice notes into words; `null`: people hear them. */
  transcriptionModel: string | null;
  temperature: number | null;
  maxReplyTokens: number | null;
  /** US dollars per million tokens; absent: costs are not shown. */
  prices: { input: number; output: number } | null;
  /** Answers yes or no beside the draft; absent: the draft's own fields serve. */
  checkModel: string | null;
  /** Absent: in a backtest nobody but code and people says which drafts are right. */
  judge: { model: string; prices: { input: number; output: number } | null } | null;
};

export type RedisConfig = {
  url: string;
  /** For how long what a killed replica had in hand stays with it. */
  lockMs: number;
  /** How long replicas wait for each other before they look at a conversation while Redis is away. */
  politenessMs: number;
  /** How long each replica's turn to write is then. */
  turnMs: number;
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
  /** When the channel is told how the week was; `null`: never. */
  weeklyDigest: { weekday: string; minutes: number } | null;
  /** A user group's id, mentioned in reminders. */
  escalationGroup: string | null;
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

/** Variables that nobody reads but that are spelt nearly as one of ours that is not set. */
export function misspeltVariables(
  environment: Record<string, string | undefined> = process.env,
): { name: string; meant: VariableName }[] {
  const unset = Object.keys(variables).filter((name) => !environment[name]?.trim());
  // Short names are near to many others.
  const others = Object.keys(environment).filter(
    (name) => !(name in variables) && name.length >= shortestTelling,
  );
  return others.flatMap((name) => {
    const meant = misspelt(name, unset);
    return meant === null ? [] : [{ name, meant: meant as VariableName }];
  });
}

/** The names that KNOWLEDGE_SOURCES gives; none where it cannot be read. */
export function sourceNames(
  environment: Record<string, string | undefined> = process.env,
): string[] {
  const { form } = variables.KNOWLEDGE_SOURCES;
  const read = form.safeParse(environment.KNOWLEDGE_SOURCES?.trim() ?? "");
  return read.success ? read.data.map(({ name }) => name) : [];
}

/**
 * The API's address for each value of INTERCOM_REGION; none where another address is set: a token
 * that is used elsewhere must not leave it.
 */
export function intercomRegions({ baseUrl }: IntercomConfig): Record<string, string> {
  const known = Object.entries(regions).map(([region, { api }]) => [region, api] as const);
  return known.some(([, api]) => api === baseUrl) ? Object.fromEntries(known) : {};
}

/** The longest wait after which a reply may still go out by itself; who waited longer gets a person's eye. */
const automaticReplyMaxAgeMs = 15 * 60_000;
const shortestTelling = 8;
const restartLimitMs = 30_000;
const sweepGraceMs = 30_000;
const redisLockMs = 60_000;
const politenessMs = 5_000;
const turnMs = 3_000;
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
  const isMock = set.MOCK_MODE;

  // A variable that exists, or stands there empty as in .env.example, is no misspelt other one.
  const strangers = Object.keys(environment).filter(
    (name) => !(name in variables) && environment[name]?.trim(),
  );
  const require = (names: VariableName[], why: string) => {
    for (const name of names) {
      if (set[name] === undefined && !isInvalid(name, problems)) {
        const other = misspelt(name, strangers);
        const hint = other === null ? "" : ` ${other} is set: did you mean ${name}?`;
        problems.push(`${name} is missing${why}.${hint}${commentHint(name)} ${explain(name)}`);
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
  const maxAgeMs = set.SWEEP_MAX_AGE_MINUTES * 60_000;
  const sweepIntervalMs = set.SWEEP_INTERVAL_SECONDS * 1000;
  if (sweepIntervalMs >= maxAgeMs) {
    problems.push(
      "SWEEP_INTERVAL_SECONDS must be shorter than SWEEP_MAX_AGE_MINUTES. A customer whose notification was lost would be left to people before anybody looked.",
    );
  }
  const hasOwnFile = set.MEM0_API_KEY === undefined && set.MEMORY_URL === undefined;
  if (set.REDIS_URL !== undefined && !isMock && hasOwnFile) {
    problems.push(
      "REDIS_URL is set, so that several replicas may run, but neither MEMORY_URL nor MEM0_API_KEY is: the embedded memory is a file under DATA_DIR, and each replica would learn and forget by itself. Set MEMORY_URL (a PostgreSQL of your own) or MEM0_API_KEY, or leave out REDIS_URL and run one process.",
    );
  }
  if (set.MEMORY_URL !== undefined && set.MEM0_API_KEY !== undefined) {
    problems.push(
      "MEMORY_URL and MEM0_API_KEY are both set, and answers are remembered in one place only. Leave out MEM0_API_KEY to remember them in PostgreSQL, or MEMORY_URL to remember them in Mem0.",
    );
  }
  if (
    set.RETENTION_DAYS !== undefined &&
    set.MEM0_API_KEY !== undefined &&
    set.MEM0_KIND === "server"
  ) {
    problems.push(
      "RETENTION_DAYS cannot be held with MEM0_KIND=server: such a server does not list what is old. Remove RETENTION_DAYS, or use the Mem0 platform or the embedded memory.",
    );
  }
  if (set.SUGGEST_TOKEN !== undefined && set.SUGGEST_TOKEN === set.ADMIN_TOKEN) {
    problems.push(
      "SUGGEST_TOKEN is the same as ADMIN_TOKEN: whoever may only look and suggest would be let in as the admin. Make up another one (openssl rand -hex 32), or leave SUGGEST_TOKEN out.",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const region = regions[set.INTERCOM_REGION];
  return {
    port: set.PORT,
    host: set.HOST ?? (isMock ? "127.0.0.1" : "0.0.0.0"),
    metricsPort: set.METRICS_PORT ?? null,
    logLevel: set.LOG_LEVEL === "warning" ? "warn" : set.LOG_LEVEL,
    isMock,
    mockReadsIntercom: isMock && set.MOCK_READS_INTERCOM,
    publicUrl: set.PUBLIC_URL ?? null,
    isChatEnabled: set.CHAT_UI_ENABLED,
    adminToken: set.ADMIN_TOKEN ?? null,
    suggestToken: set.SUGGEST_TOKEN ?? null,
    intercom: needsIntercom
      ? {
          accessToken: set.INTERCOM_ACCESS_TOKEN ?? "",
          webhookSecrets: set.INTERCOM_WEBHOOK_SECRET ?? [],
          adminId: set.INTERCOM_ADMIN_ID ?? "",
          baseUrl: set.INTERCOM_API_BASE_URL ?? region.api,
          appUrl: region.app,
          version: set.INTERCOM_VERSION,
        }
      : null,
    model:
      set.OPENAI_API_KEY === undefined && set.OPENAI_BASE_URL === undefined
        ? null
        : {
            apiKey: set.OPENAI_API_KEY ?? null,
            baseUrl: set.OPENAI_BASE_URL ?? null,
            model: set.OPENAI_MODEL,
            embeddingModel: set.EMBEDDING_MODEL ?? null,
            embeddingDimensions: set.EMBEDDING_DIMENSIONS ?? null,
            seesImages: set.MODEL_SEES_IMAGES,
            transcriptionModel: set.TRANSCRIPTION_MODEL ?? null,
            temperature: set.TEMPERATURE ?? null,
            maxReplyTokens: set.MAX_REPLY_TOKENS ?? null,
            prices: pricesIn(set),
            checkModel: set.CHECK_MODEL ?? null,
            judge: judgeIn(set),
          },
    mem0:
      set.MEM0_API_KEY === undefined
        ? null
        : {
            apiKey: set.MEM0_API_KEY,
            baseUrl: set.MEM0_BASE_URL,
            kind: set.MEM0_KIND,
          },
    memoryUrl: set.MEMORY_URL ?? null,
    slack:
      usesSlack && !isMock
        ? {
            botToken: set.SLACK_BOT_TOKEN ?? "",
            signingSecret: set.SLACK_SIGNING_SECRET ?? null,
            channelId: set.SLACK_CHANNEL_ID ?? "",
            apiUrl: set.SLACK_API_URL ?? null,
            appToken: set.SLACK_APP_TOKEN ?? null,
            reviewers: set.SLACK_REVIEWERS ?? [],
            reminderMinutes: set.REVIEW_REMINDER_MINUTES,
            weeklyDigest: set.WEEKLY_DIGEST ?? null,
            escalationGroup: set.SLACK_ESCALATION_GROUP ?? null,
          }
        : null,
    auditSamplePercent: set.AUDIT_SAMPLE_PERCENT,
    policy: {
      // Nothing of mock mode reaches a customer: it shows what would be sent unless told otherwise.
      replyMode: isMock && !environment.REPLY_MODE?.trim() ? "auto" : set.REPLY_MODE,
      confidenceThreshold: set.CONFIDENCE_THRESHOLD,
      thresholdOn: set.THRESHOLD_ON,
      quietPeriodMs: set.QUIET_PERIOD_MS,
      restartLimitMs,
      automaticReplyMaxAgeMs,
      maxAgeMs,
      settleMs,
      maxAutomaticReplies: set.MAX_AUTOMATIC_REPLIES,
      claimCheck: set.CLAIM_CHECK,
      botPatienceMs: set.BOT_PATIENCE_MINUTES * 60_000,
      teammatePatienceMs: set.TEAMMATE_PATIENCE_HOURS * 3_600_000,
      historyTurns: set.HISTORY_TURNS,
      onlyTags: set.ONLY_TAGS ?? [],
      skipTags: set.SKIP_TAGS ?? [],
      contactAttributes: set.CONTACT_ATTRIBUTES ?? [],
      handOffTo: null,
      missingFacts: null,
      helpfulArticles: 0,
      labels: null,
      isHandOffShown: false,
      handBackTag: null,
      officeHours: null,
      whoAsks: usualWhoAsks,
      dailyLimit: null,
      isDailyLimitSpent: false,
      draftOn: null,
      checkThresholds: {},
      topics: [],
      ladder: null,
      earnedTopics: [],
      lookups: [],
      sources: set.KNOWLEDGE_SOURCES ?? [],
      isFeedbackListed: false,
      rules: { ...noRules, escalate: builtInEscalations },
    },
    promptTokenBudget: set.PROMPT_TOKEN_BUDGET,
    teamLanguage: set.TEAM_LANGUAGE ?? null,
    hasPromptExamples: set.PROMPT_EXAMPLES,
    policyFile: set.POLICY_FILE ?? null,
    parallelConversations: set.PARALLEL_CONVERSATIONS,
    // Nothing of mock mode is shared: it may run on many machines at a time.
    redis:
      set.REDIS_URL === undefined || isMock
        ? null
        : { url: set.REDIS_URL, lockMs: redisLockMs, politenessMs, turnMs },
    sweepIntervalMs,
    sweepGraceMs,
    hasOwnKnowledge: (set.KNOWLEDGE_SOURCES ?? []).length > 0,
    knowledgeAllowedHosts: set.KNOWLEDGE_ALLOWED_HOSTS ?? [],
    articlesRefreshMs: set.ARTICLES_REFRESH_MINUTES * 60_000,
    redactPatterns: set.REDACT_PATTERNS ?? [],
    lookupSecrets: lookupSecretsIn(environment),
    dataDir: set.DATA_DIR,
    retentionDays: set.RETENTION_DAYS ?? null,
  };
}

/** Where the judge is the drafter itself, it costs the same. */
function judgeIn(set: Values): ModelConfig["judge"] {
  const { JUDGE_MODEL: model, JUDGE_PRICE_INPUT: input, JUDGE_PRICE_OUTPUT: output } = set;
  if (model === undefined) return null;
  if (input !== undefined && output !== undefined) return { model, prices: { input, output } };
  return { model, prices: model === set.OPENAI_MODEL ? pricesIn(set) : null };
}

/** A cost needs both; with one alone it would look lower than it is. */
function pricesIn({ MODEL_PRICE_INPUT: input, MODEL_PRICE_OUTPUT: output }: Values) {
  return input === undefined || output === undefined ? null : { input, output };
}

/** Named by the operator; which of them are used stands in the policy file. */
function lookupSecretsIn(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith("LOOKUP_") && value !== undefined ? [[name, value]] : [],
    ),
  );
}

/** MEMORY_URL alone, for a command that needs no other setting; whoever opens it looks at its form. */
export function readMemoryUrl(environment: Record<string, string | undefined> = process.env) {
  return environment.MEMORY_URL?.trim() || undefined;
}

function readVariables(
  environment: Record<string, string | undefined>,
  problems: string[],
): Values {
  const values: Record<string, unknown> = {};
  for (const [name, { form, byDefault }] of Object.entries(variables)) {
    const raw = environment[name]?.trim() || byDefault;
    if (raw === null) continue;
    const parsed = form.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else {
      const why = parsed.error.issues.map((issue) => issue.message).join("; ");
      const known = name as VariableName;
      const end = why.endsWith("?") ? "" : ".";
      problems.push(`${assignment(known, raw)} ${why}${end} ${explain(known)}`);
    }
  }
  return values as Values;
}

function commentHint(name: VariableName): string {
  return name === "SLACK_CHANNEL_ID"
    ? " In .env whatever follows a # is a comment; put the channel's id there, not its #name."
    : "";
}

/** The variable that a problem begins with, as `NAME …` or `NAME=value …`. */
export function variableIn(problem: string): string {
  return /^\w*/.exec(problem)?.[0] ?? "";
}

/** A value that is wrong is named once, not also as missing. */
function isInvalid(name: string, problems: string[]): boolean {
  return problems.some((problem) => variableIn(problem) === name);
}
