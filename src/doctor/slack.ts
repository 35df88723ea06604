import type { SlackConfig } from "../config.ts";
import { ask } from "./ask.ts";
import { type Check, createFindings, type Findings } from "./check.ts";
import { checkClock } from "./clock.ts";

/** Of what docs/slack-app-manifest.json asks for: cards, and the claim that lets one verdict through. */
const neededScopes = ["chat:write", "reactions:write"];
/** Tells guests from members, unless those who may decide are named. */
const scopeWithoutReviewers = "users:read";

/** Token, scopes, channel and the form of the secret. No message is posted. */
export async function checkSlack(config: SlackConfig): Promise<Check[]> {
  const findings = createFindings("slack");
  checkForms(findings, config);
  const url = addressOf(config);
  const headers = {
    authorization: `Bearer ${config.botToken}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  const identity = await ask(`${url}/auth.test`, headers, Buffer.alloc(0));
  if ("noAnswer" in identity || identity.body === null) {
    const why = "noAnswer" in identity ? identity.noAnswer : `answered with ${identity.status}`;
    const hint =
      "See whether this machine reaches Slack; https://slack-status.com tells of disturbances.";
    findings.wrong("failed", "reachable", `${url}: ${why}`, hint, "SLACK_API_URL");
    return findings.checks;
  }
  checkClock(
    findings,
    identity,
    "Slack's",
    "clicks that are more than five minutes off are refused",
  );
  if (identity.body.ok !== true) {
    findings.wrong(
      "failed",
      "token",
      `the token is not accepted (${codeOf(identity.body)})`,
      "Copy the Bot User OAuth Token again; installing the app anew may have changed it.",
      "SLACK_BOT_TOKEN",
    );
    return findings.checks;
  }
  findings.ok(
    "token",
    `is accepted in the workspace ${String(identity.body.team ?? "without a name")}`,
  );
  checkScopes(findings, identity.header("x-oauth-scopes"), config.reviewers);
  await checkChannel(findings, url, headers, config.channelId);
  return findings.checks;
}

/** Who may decide, and whether Socket Mode lets us in. */
export async function checkSlackFurther(config: SlackConfig): Promise<Check[]> {
  const findings = createFindings("slack");
  const url = addressOf(config);
  await Promise.all([
    checkAppToken(findings, url, config.appToken),
    checkReviewers(findings, url, config),
  ]);
  return findings.checks;
}

/** Asks for the address of a socket and opens none. */
async function checkAppToken(
  findings: Findings,
  url: string,
  appToken: string | null,
): Promise<void> {
  if (appToken === null) return;
  const headers = { authorization: `Bearer ${appToken}` };
  const answer = await ask(`${url}/apps.connections.open`, headers, Buffer.alloc(0));
  if ("noAnswer" in answer || answer.body === null) return;
  if (answer.body.ok === true) findings.ok("socket-mode", "the app token is accepted");
  else {
    findings.wrong(
      "failed",
      "socket-mode",
      `the app token is not accepted (${codeOf(answer.body)})`,
      "Generate an app-level token with the scope connections:write, and switch Socket Mode on.",
      "SLACK_APP_TOKEN",
    );
  }
}

async function checkReviewers(
  findings: Findings,
  url: string,
  { reviewers, botToken }: SlackConfig,
): Promise<void> {
  const headers = {
    authorization: `Bearer ${botToken}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  const unknown: string[] = [];
  const gone: string[] = [];
  for (const user of reviewers) {
    const query = Buffer.from(new URLSearchParams({ user }).toString());
    const answer = await ask(`${url}/users.info`, headers, query);
    const body = "noAnswer" in answer ? null : answer.body;
    // Without the right, or without an answer, nothing is known of the others either.
    if (body === null || (body.ok !== true && codeOf(body) !== "user_not_found")) {
      findings.unproved("reviewers", "it cannot be seen whether SLACK_REVIEWERS exist");
      return;
    }
    if (body.ok !== true) unknown.push(user);
    else if ((body.user as Record<string, unknown> | undefined)?.deleted === true) gone.push(user);
  }
  const nobody = unknown.length + gone.length === reviewers.length;
  if (unknown.length + gone.length > 0) {
    findings.wrong(
      nobody ? "failed" : "warning",
      "reviewers",
      `${[...unknown, ...gone].join(", ")} ${unknown.length > 0 ? "is nobody in this workspace" : "was deactivated"}${nobody ? ", so nobody may decide" : ""}`,
      "Copy the member ID again, or take it out.",
      "SLACK_REVIEWERS",
    );
  } else if (reviewers.length > 0) findings.ok("reviewers", `${reviewers.length} may decide`);
}

function addressOf({ apiUrl }: SlackConfig): string {
  return (apiUrl ?? "https://slack.com/api").replace(/\/+$/, "");
}

function checkForms(findings: Findings, config: SlackConfig): void {
  if (config.appToken !== null) {
    findings.ok("way-in", "clicks come by Socket Mode");
  } else if (/^[0-9a-f]{32}$/.test(config.signingSecret ?? "")) {
    findings.ok(
      "way-in",
      "clicks come to /slack/events, and the signing secret has the right form",
    );
  } else {
    findings.wrong(
      "warning",
      "signing-secret",
      "the signing secret is not 32 digits and letters a to f, as Slack's are",
      "Copy the Signing Secret, not the Client Secret or the Verification Token.",
      "SLACK_SIGNING_SECRET",
    );
  }
}

function checkScopes(findings: Findings, header: string | null, reviewers: string[]): void {
  if (header === null) {
    findings.unproved("scopes", "Slack does not say which rights the token has");
    return;
  }
  const scopes = header.split(",").map((scope) => scope.trim());
  const needed = reviewers.length > 0 ? neededScopes : [...neededScopes, scopeWithoutReviewers];
  const missing = needed.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) findings.ok("scopes", scopes.join(", "));
  else {
    findings.wrong(
      "failed",
      "scopes",
      `the app lacks the right ${missing.join(" and ")}`,
      "Add it under OAuth & Permissions → Bot Token Scopes and install the app again.",
      "SLACK_BOT_TOKEN",
    );
  }
}

async function checkChannel(
  findings: Findings,
  url: string,
  headers: Record<string, string>,
  channelId: string,
): Promise<void> {
  const query = Buffer.from(new URLSearchParams({ channel: channelId }).toString());
  const answer = await ask(`${url}/conversations.info`, headers, query);
  const body = "noAnswer" in answer ? null : answer.body;
  const channel = (body?.channel ?? {}) as Record<string, unknown>;
  if (body?.ok === true && channel.is_archived === true) {
    const hint = "Unarchive it or choose another channel.";
    findings.wrong("failed", "channel", "the channel is archived", hint, "SLACK_CHANNEL_ID");
  } else if (body?.ok === true && channel.is_member === false) {
    findings.wrong(
      "failed",
      "channel",
      "the app is not in the channel",
      "Invite it there: /invite @draft-review.",
      "SLACK_CHANNEL_ID",
    );
  } else if (body?.ok === true) findings.ok("channel", `#${String(channel.name ?? channelId)}`);
  else if (body !== null && codeOf(body) === "channel_not_found") {
    findings.wrong(
      "failed",
      "channel",
      `no channel with the id ${channelId} can be seen by the app`,
      "Copy the channel's id again; to a private channel the app must be invited first.",
      "SLACK_CHANNEL_ID",
    );
  } else {
    findings.unproved(
      "channel",
      "without the right channels:read it cannot be seen whether the channel exists and the app is in it; the first card shows it",
    );
  }
}

function codeOf(body: Record<string, unknown>): string {
  const code = String(body.error ?? "");
  return /^[a-z_]{1,60}$/.test(code) ? code : "no reason given";
}
