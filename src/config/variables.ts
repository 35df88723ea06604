import { z } from "zod";
import { list, number, oneOf, regularExpressions, text, url, yesOrNo } from "./forms.ts";

/** Each variable with its form, what it is for and where its value is found. */
export const variables = {
  PORT: about(number(0, 65_535), "the port to listen on", "any free port", "8000"),
  HOST: about(text, "the address to listen on", "0.0.0.0 unless set, in mock mode 127.0.0.1"),
  LOG_LEVEL: about(
    oneOf("debug", "info", "warning", "error"),
    "how much is logged",
    "your choice; DEBUG also logs customers' texts",
    "INFO",
  ),
  METRICS_PORT: about(
    number(0, 65_535),
    "serving /metrics on a port of its own, without a token",
    "a free port that only your Prometheus reaches; unset: /metrics on PORT, with ADMIN_TOKEN",
  ),
  MOCK_MODE: about(yesOrNo, "trying it without an account", "make mock sets it", "false"),
  MOCK_READS_INTERCOM: about(
    yesOrNo,
    "letting mock mode read the real workspace, never write to it",
    "your choice",
    "false",
  ),
  CHAT_UI_ENABLED: about(yesOrNo, "the test page at /chat", "your choice", "true"),
  ADMIN_TOKEN: about(
    text.min(16, { error: "must have at least 16 characters" }),
    "opening /sync, /memory, /metrics and /chat",
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
    "Intercom → Settings → General → Data hosting region",
    "us",
  ),
  INTERCOM_API_BASE_URL: about(
    url,
    "another address of Intercom's API",
    "overrides INTERCOM_REGION",
  ),
  INTERCOM_VERSION: about(
    z.string().regex(/^\d+\.\d+$/, { error: "must look like 2.16" }),
    "the version of Intercom's API",
    "your choice",
    "2.16",
  ),
  OPENAI_API_KEY: about(text, "drafting replies", "platform.openai.com → API keys"),
  OPENAI_MODEL: about(text, "the model that drafts", "your choice", "gpt-4o"),
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
    "your choice",
    "5",
  ),
  MEM0_API_KEY: about(text, "remembering answers in Mem0", "app.mem0.ai → API keys"),
  MEM0_BASE_URL: about(url, "another address of Mem0", "your choice", "https://api.mem0.ai"),
  MEM0_KIND: about(
    oneOf("platform", "server"),
    "whether MEM0_BASE_URL is the platform or a server of your own",
    "your choice",
    "platform",
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
  SLACK_REVIEWERS: about(list, "who may decide", "Slack user ids, separated by commas"),
  REVIEW_REMINDER_MINUTES: about(
    number(0, 10_080),
    "reminding of an undecided card",
    "your choice",
    "0",
  ),
  AUDIT_SAMPLE_PERCENT: about(
    number(0, 100, "any"),
    "checking automatic replies afterwards",
    "your choice",
    "0",
  ),
  CONFIDENCE_THRESHOLD: about(
    number(0, 1, "any"),
    "from which confidence on a reply may go out by itself",
    "your choice",
    "0.8",
  ),
  REPLY_MODE: about(
    oneOf("auto", "review", "note"),
    "what may happen with drafts",
    "your choice",
    "note",
  ),
  QUIET_PERIOD_MS: about(
    number(0, 600_000),
    "how long a customer must have been silent before a reply leaves",
    "your choice",
    "3000",
  ),
  MAX_AUTOMATIC_REPLIES: about(
    number(0, 1000),
    "how many replies in one conversation may go out before a person looks",
    "your choice",
    "5",
  ),
  BOT_PATIENCE_MINUTES: about(
    number(0, 1440),
    "how long another bot that has not answered yet is left alone with the customer",
    "your choice",
    "10",
  ),
  TEAMMATE_PATIENCE_HOURS: about(
    number(1, 8760),
    "after how long a teammate who has taken a conversation and does not write counts as gone",
    "your choice",
    "24",
  ),
  SWEEP_INTERVAL_SECONDS: about(
    number(1, 86_400),
    "how often to look for lost notifications",
    "your choice",
    "300",
  ),
  SWEEP_MAX_AGE_MINUTES: about(
    number(1, 10_080),
    "who has waited longer is left to people",
    "your choice",
    "60",
  ),
  PARALLEL_CONVERSATIONS: about(
    number(1, 1000),
    "how many conversations are worked on at a time",
    "your choice",
    "8",
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
  CONTACT_ATTRIBUTES: about(
    list,
    "what of the customer's data the model and the teammates on a card see",
    "names of attributes in Intercom, separated by commas; also companies, plan, segments, tags",
  ),
  POLICY_FILE: about(
    text,
    "rules that say where to answer, and how: docs/policy.md",
    "the path of a YAML file",
  ),
  ARTICLES_REFRESH_MINUTES: about(
    number(1, 10_080),
    "how often the help center is read again",
    "your choice",
    "60",
  ),
  REDACT_PATTERNS: about(
    regularExpressions,
    "masking more than the usual secrets before anything is stored",
    "regular expressions, one a line",
  ),
  DATA_DIR: about(text, "where the embedded memory lives", "your choice", "./data"),
};

export type VariableName = keyof typeof variables;

/** What each variable holds: its default where it is not set, or `undefined` where it has none. */
export type Values = {
  [Name in VariableName]: (typeof variables)[Name]["byDefault"] extends string
    ? z.output<(typeof variables)[Name]["form"]>
    : z.output<(typeof variables)[Name]["form"]> | undefined;
};

/**
 * @param purpose continues "It is for …"
 * @param where the page or command that shows the value
 * @param byDefault what stands for a variable that is not set, written as in the environment
 */
function about<Form extends z.ZodType, const Default extends string | null = null>(
  form: Form,
  purpose: string,
  where: string,
  byDefault: Default = null as Default,
) {
  return { form, purpose, where, byDefault };
}
