import { z } from "zod";
import {
  list,
  listOf,
  number,
  oneOf,
  postgresUrl,
  redisUrl,
  regularExpressions,
  text,
  url,
  weekTime,
  yesOrNo,
} from "./forms.ts";
import { allowedHostNames, knowledgeSources } from "./knowledge-sources.ts";
import { oneOrTwoSecrets, secret } from "./secret-forms.ts";
import { slackChannel } from "./slack-channel.ts";

/** Each variable with its form, what it does and where its value is found. */
export const variables = {
  PORT: about(number(0, 65_535), "is the port to listen on", null, "8000"),
  HOST: about(
    text,
    "is the address to listen on; unset, it is 0.0.0.0, and 127.0.0.1 in mock mode",
    null,
  ),
  PUBLIC_URL: about(
    url,
    "is the address under which Intercom and Slack reach the service, without a path; make doctor tries it, and cards and notes link to its /why and /source",
    null,
  ),
  LOG_LEVEL: about(
    oneOf("debug", "info", "warning", "error"),
    "says how much is logged; DEBUG also logs customers' texts",
    null,
    "INFO",
  ),
  METRICS_PORT: about(
    number(0, 65_535),
    "is a port of its own for /metrics, without a token; unset, /metrics is on PORT, with ADMIN_TOKEN",
    null,
  ),
  MOCK_MODE: about(
    yesOrNo,
    "lets you try the service without an account; make mock sets it",
    null,
    "false",
  ),
  MOCK_READS_INTERCOM: about(
    yesOrNo,
    "lets mock mode read the real workspace, and never write to it",
    null,
    "false",
  ),
  CHAT_UI_ENABLED: about(yesOrNo, "switches the test page at /chat on or off", null, "true"),
  ADMIN_TOKEN: about(
    text.min(16, { error: "must have at least 16 characters" }),
    "opens /sync, /memory, /source, /insight, /why, /metrics, /chat and the details of /ready; you make it up yourself: openssl rand -hex 32",
    null,
  ),
  SUGGEST_TOKEN: about(
    text.min(16, { error: "must have at least 16 characters" }),
    "opens /memory for people who may look and suggest, and nothing else; unset, nobody but ADMIN_TOKEN gets in",
    null,
  ),
  INTERCOM_ACCESS_TOKEN: about(
    secret("INTERCOM_ACCESS_TOKEN"),
    "lets the service read conversations and reply",
    "Intercom Developer Hub → your app → Configure → Authentication",
  ),
  INTERCOM_WEBHOOK_SECRET: about(
    oneOrTwoSecrets("INTERCOM_WEBHOOK_SECRET"),
    "proves that a webhook really comes from Intercom; two, separated by a comma, while it is changed",
    "Intercom Developer Hub → your app → Basic information → Client secret",
  ),
  INTERCOM_ADMIN_ID: about(
    z.string().regex(/^[1-9]\d*$/, { error: "must be a number such as 9608808" }),
    "is the id of the teammate in whose name replies are sent, a seat that nobody types with",
    "the list that GET /admins gives, as the README shows under Set it up",
  ),
  INTERCOM_REGION: about(
    oneOf("us", "eu", "au"),
    "says where your workspace is hosted",
    "Intercom → Settings → General → Data hosting region",
    "us",
  ),
  INTERCOM_API_BASE_URL: about(
    url,
    "is another address of Intercom's API, in place of the one that INTERCOM_REGION gives",
    null,
  ),
  INTERCOM_VERSION: about(
    z.string().regex(/^\d+\.\d+$/, { error: "must look like 2.16" }),
    "is the version of Intercom's API; only 2.16 is tested",
    "Intercom's API changelog",
    "2.16",
  ),
  OPENAI_API_KEY: about(
    secret("OPENAI_API_KEY"),
    "is the key with which the model is asked for drafts",
    "platform.openai.com → API keys",
  ),
  OPENAI_MODEL: about(
    text,
    "names the model that drafts",
    "your provider's list of models",
    "gpt-4o",
  ),
  OPENAI_BASE_URL: about(
    url,
    "is the address of any OpenAI-compatible server, such as vLLM or Ollama, with its /v1",
    null,
  ),
  EMBEDDING_MODEL: about(
    text,
    "names the model with which the embedded memory finds answers and articles by meaning as well as by words; OPENAI_BASE_URL must serve it at /embeddings",
    "your provider's list of models",
  ),
  EMBEDDING_DIMENSIONS: about(
    number(64, 4096),
    "says how many numbers a vector of EMBEDDING_MODEL has, where the model can give shorter ones than it does by itself (text-embedding-3 can): fewer need less room and find a little less",
    null,
  ),
  MODEL_SEES_IMAGES: about(
    oneOf("auto", "true", "false"),
    "says whether the model is shown the images that customers send; auto tries it with a picture of three stripes when the first one comes",
    null,
    "auto",
  ),
  TRANSCRIPTION_MODEL: about(
    text,
    "names the model that puts voice notes into words, so that they are answered like what was typed; OPENAI_BASE_URL must serve it at /audio/transcriptions",
    "your provider's list of models",
  ),
  MAX_REPLY_TOKENS: about(
    number(16, 100_000),
    "limits how long the model's whole answer may be; unset, the model's own limit holds",
    null,
  ),
  TEMPERATURE: about(
    number(0, 2, "any"),
    "says how much the model's answers vary; unset, that is left to the model",
    null,
  ),
  MODEL_PRICE_INPUT: about(
    number(0, 10_000, "any"),
    "is what a million tokens read cost in US dollars; with both prices it is shown what a draft cost",
    "your provider's price list",
  ),
  MODEL_PRICE_OUTPUT: about(
    number(0, 10_000, "any"),
    "is what a million tokens written cost in US dollars; with both prices it is shown what a draft cost",
    "your provider's price list",
  ),
  CHECK_MODEL: about(
    text,
    "is the model that says beside each draft which plain sentences of the policy file are true, and afterwards whether the sources carry it; unset, the draft's own call says the first",
    "a small, fast model of the same server; at OpenAI gpt-6-luna, which has an interface for it",
  ),
  JUDGE_MODEL: about(
    text,
    "is the model that compares drafts with what teammates said, in npm run backtest only",
    "a model of the same server, better another one than OPENAI_MODEL",
  ),
  JUDGE_PRICE_INPUT: about(
    number(0, 10_000, "any"),
    "is what a million tokens read by the judge cost, in US dollars",
    "your provider's price list, unless the judge is OPENAI_MODEL itself",
  ),
  JUDGE_PRICE_OUTPUT: about(
    number(0, 10_000, "any"),
    "is what a million tokens written by the judge cost, in US dollars",
    "your provider's price list",
  ),
  HISTORY_TURNS: about(
    number(0, 100),
    "says how many earlier exchanges the model reads word by word",
    null,
    "5",
  ),
  TEAM_LANGUAGE: about(
    z.string().regex(/^[a-z]{2}$/, { error: "must be a language's two letters such as en or de" }),
    "names the language into which what customers write in another, and the draft for it, is translated for the people who review",
    "ISO 639-1; unset, nothing is translated",
  ),
  PROMPT_EXAMPLES: about(
    yesOrNo,
    "lets the model see two worked examples (prompts/examples.md), which helps small models",
    null,
    "false",
  ),
  PROMPT_TOKEN_BUDGET: about(
    number(4_000, 1_000_000),
    "says how much the model reads for one draft, in tokens of about four characters",
    null,
    "16000",
  ),
  MEM0_API_KEY: about(
    secret("MEM0_API_KEY"),
    "lets the service remember answers in Mem0",
    "app.mem0.ai → API keys",
  ),
  MEM0_BASE_URL: about(url, "is the address of Mem0", null, "https://api.mem0.ai"),
  MEM0_KIND: about(
    oneOf("platform", "server"),
    "says whether MEM0_BASE_URL is the platform or a server of your own",
    null,
    "platform",
  ),
  MEMORY_URL: about(
    postgresUrl,
    "lets the service remember answers in PostgreSQL, for several hosts (docs/memory.md)",
    "the database that you run for it, such as postgres://USER:PASSWORD@postgres:5432/responder",
  ),
  SLACK_BOT_TOKEN: about(
    secret("SLACK_BOT_TOKEN", "xoxb-"),
    "lets the service post drafts for review",
    "api.slack.com/apps → your app → OAuth & Permissions",
  ),
  SLACK_SIGNING_SECRET: about(
    secret("SLACK_SIGNING_SECRET"),
    "proves that a click really comes from Slack",
    "api.slack.com/apps → your app → Basic Information",
  ),
  SLACK_CHANNEL_ID: about(
    slackChannel,
    "is the channel in which drafts are reviewed",
    "Slack → the channel → its name → at the bottom of About",
  ),
  SLACK_APP_TOKEN: about(
    secret("SLACK_APP_TOKEN", "xapp-"),
    "switches to Socket Mode, which needs no public address",
    "api.slack.com/apps → your app → Basic Information → App-Level Tokens (connections:write)",
  ),
  SLACK_API_URL: about(
    url,
    "is another address of Slack's API; unset, it is https://slack.com/api",
    null,
  ),
  SLACK_REVIEWERS: about(
    listOf(/^[UW][A-Z0-9]{2,}$/, "a member's id such as U0123ABCD"),
    "names who may decide on drafts; unset, everybody in the channel may",
    "Slack → a person's profile → ⋮ → Copy member ID",
  ),
  WEEKLY_DIGEST: about(
    weekTime,
    "says when the channel is told how the week was, in the time zone of office_hours or UTC; unset, never",
    null,
  ),
  REVIEW_REMINDER_MINUTES: about(
    number(0, 10_080),
    "says after how long a reminder of an undecided card is posted; 0 is never",
    null,
    "0",
  ),
  SLACK_ESCALATION_GROUP: about(
    z.string().regex(/^S[A-Z0-9]+$/, { error: "must be a user group's id such as S0123456789" }),
    "names the user group that each reminder mentions; unset, it mentions nobody",
    "Slack → Directories → User groups → the group → ⋮ → Copy group ID",
  ),
  AUDIT_SAMPLE_PERCENT: about(
    number(0, 100, "any"),
    "says how many of a hundred automatic replies get a card to be judged afterwards",
    null,
    "0",
  ),
  CONFIDENCE_THRESHOLD: about(
    number(0, 1, "any"),
    "says from which confidence on a reply may go out by itself",
    null,
    "0.8",
  ),
  THRESHOLD_ON: about(
    oneOf("model", "calibrated"),
    "says which confidence the threshold is compared with: the model's own, or what it has meant so far",
    "begin with model; calibrated once npm run calibrate has written one",
    "model",
  ),
  REPLY_MODE: about(
    oneOf("auto", "review", "note", "shadow"),
    "says what becomes of drafts: shadow shows them to nobody, note writes them down, review asks in Slack, auto sends what is confident",
    null,
    "note",
  ),
  QUIET_PERIOD_MS: about(
    number(0, 600_000),
    "says for how many milliseconds a customer must have been silent before a reply leaves",
    null,
    "3000",
  ),
  CLAIM_CHECK: about(
    oneOf("review", "mark", "off"),
    "says what becomes of a reply with a number, plan, menu, denial or promise that its sources do not have: a person looks first, it is only marked, or nobody looks",
    null,
    "review",
  ),
  MAX_AUTOMATIC_REPLIES: about(
    number(0, 1000),
    "says how many replies in one conversation may go out before a person looks",
    null,
    "5",
  ),
  BOT_PATIENCE_MINUTES: about(
    number(0, 1440),
    "says how long another bot that has not answered yet is left alone with the customer",
    null,
    "10",
  ),
  TEAMMATE_PATIENCE_HOURS: about(
    number(1, 8760),
    "says after how long a teammate who has taken a conversation and does not write counts as gone",
    null,
    "24",
  ),
  SWEEP_INTERVAL_SECONDS: about(
    number(1, 86_400),
    "says how often lost notifications are looked for",
    null,
    "300",
  ),
  SWEEP_MAX_AGE_MINUTES: about(
    number(1, 10_080),
    "says after how long a waiting customer is left to people",
    null,
    "60",
  ),
  PARALLEL_CONVERSATIONS: about(
    number(1, 1000),
    "says how many conversations are worked on at a time",
    null,
    "8",
  ),
  REDIS_URL: about(
    redisUrl,
    "lets several replicas answer as one (docs/replicas.md): the address of their Redis",
    "the Redis that you run for them, such as redis://:PASSWORD@redis:6379",
  ),
  ONLY_TAGS: about(
    list,
    "names the tags, separated by commas, of the only conversations that are answered",
    null,
  ),
  SKIP_TAGS: about(
    list,
    "names the tags, separated by commas, of conversations that are never answered",
    null,
  ),
  CONTACT_ATTRIBUTES: about(
    list,
    "names what the model and the teammates on a card see of the customer's data: attributes in Intercom, separated by commas; also companies, plan, segments, tags, previous_conversations",
    null,
  ),
  POLICY_FILE: about(
    text,
    "is the path of a YAML file with rules that say where to answer, and how: docs/policy.md",
    null,
  ),
  KNOWLEDGE_SOURCES: about(
    knowledgeSources,
    "names folders of Markdown, HTML and text, and sites, to answer from, such as handbook=./docs, site=https://docs.example.com, separated by commas; internal:runbook=./ops is for teammates only",
    null,
  ),
  KNOWLEDGE_ALLOWED_HOSTS: about(
    allowedHostNames,
    "names further hosts that the pages of KNOWLEDGE_SOURCES may come from, such as cdn.example.com; one in your own network with its port, such as wiki.internal:8080",
    null,
  ),
  ARTICLES_REFRESH_MINUTES: about(
    number(1, 10_080),
    "says how often the help center and KNOWLEDGE_SOURCES are read again",
    null,
    "60",
  ),
  REDACT_PATTERNS: about(
    regularExpressions,
    "masks what matches, besides the usual secrets, before anything is stored",
    null,
  ),
  RETENTION_DAYS: about(
    number(1, 36_500),
    "is for how many days what contacts said and heard is remembered; unset, until it is removed",
    null,
  ),
  DATA_DIR: about(text, "is the folder in which the embedded memory lives", null, "./data"),
};

export type VariableName = keyof typeof variables;

/** What each variable holds: its default where it is not set, or `undefined` where it has none. */
export type Values = {
  [Name in VariableName]: (typeof variables)[Name]["byDefault"] extends string
    ? z.output<(typeof variables)[Name]["form"]>
    : z.output<(typeof variables)[Name]["form"]> | undefined;
};

/**
 * @param purpose continues "It …", so that it can be read aloud: "says how often …"
 * @param where continues "Where to find it: …": the page that shows the value; `null` where it is
 *   a choice of whoever runs the service
 * @param byDefault what stands for a variable that is not set, written as in the environment
 */
function about<Form extends z.ZodType, const Default extends string | null = null>(
  form: Form,
  purpose: string,
  where: string | null,
  byDefault: Default = null as Default,
) {
  return { form, purpose, where, byDefault };
}
