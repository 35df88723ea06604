import { webApi } from "@slack/bolt";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { libraryLog } from "./library-log.ts";

export type SlackClient = InstanceType<typeof webApi.WebClient>;

/**
 * One client for each way in which a call may go wrong. By default Slack's client has no time-out
 * and repeats a call for half an hour, and one rate-limited call holds up all others of a client.
 */
export type SlackClients = {
  /** `reactions.add`: repeated, a claim would lose to itself. */
  claiming: SlackClient;
  /** `chat.postMessage`: repeated, one draft could get two cards. */
  posting: SlackClient;
  /** What a person waits for: forms and private answers. A trigger lives 3 s. */
  interactive: SlackClient;
  /** `chat.update` to what may soon be overwritten. */
  updating: SlackClient;
  /** What is safe to repeat and nobody waits for. */
  patient: SlackClient;
};

export function createClients(options: {
  token: string;
  apiUrl: string | null;
  log: Log;
}): SlackClients {
  const logger = libraryLog(options.log);
  const slackApiUrl = options.apiUrl === null ? {} : { slackApiUrl: `${options.apiUrl}/` };
  const client = (timeout: number, retries: number) =>
    new webApi.WebClient(options.token, {
      ...slackApiUrl,
      logger,
      timeout,
      retryConfig: { retries, minTimeout: 300, maxTimeout: 3000, randomize: true },
      rejectRateLimitedCalls: retries === 0,
    });
  return {
    claiming: client(2000, 0),
    posting: client(8000, 0),
    interactive: client(2500, 0),
    updating: client(4000, 0),
    patient: client(8000, 4),
  };
}

/** What to do about refusals that only a person can end. */
const advice: Record<string, string> = {
  not_in_channel: "invite the app to the channel of SLACK_CHANNEL_ID (/invite @draft-review)",
  channel_not_found: "check SLACK_CHANNEL_ID, and invite the app to that channel",
  account_inactive: "check SLACK_BOT_TOKEN; the app may have been removed",
  missing_scope: "install the app again with the scopes of its manifest",
};

/** Slack's own word for what was wrong, such as `already_reacted`; `null` when it said nothing. */
export function slackErrorCode(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}

/**
 * A failed call in the service's words.
 * @param token the variable to check when Slack refuses the token
 */
export function upstreamError(
  method: string,
  error: unknown,
  token = "SLACK_BOT_TOKEN",
): UpstreamError {
  const code = slackErrorCode(error);
  const status = error instanceof webApi.WebAPIHTTPError ? error.statusCode : null;
  const isRateLimited = error instanceof webApi.WebAPIRateLimitedError;
  const help = code === "invalid_auth" ? `check ${token}` : advice[code ?? ""];
  const advised = help === undefined ? code : `${code}: ${help}`;
  const result = advised ?? (isRateLimited ? "429" : (status?.toString() ?? "no answer"));
  return new UpstreamError("slack", method, result, {
    status: isRateLimited ? 429 : status,
    isRetryable: code === null,
    cause: error,
  });
}
