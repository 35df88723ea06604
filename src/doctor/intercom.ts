import type { IntercomConfig } from "../config.ts";
import { type Answer, ask } from "./ask.ts";
import { type Check, createFindings, type Findings } from "./check.ts";
import { checkClock } from "./clock.ts";

const mostSeatsNamed = 20;
/** Below this share of the allowance, replies wait for the sweep and the other way round. */
const littleAllowance = 0.2;

/**
 * Token, region, workspace, admin, allowance, articles, webhook secret and clock.
 *
 * @param regions the API's address by `INTERCOM_REGION`; none where another address is set, which
 *   the token must not leave
 */
export async function checkIntercom(
  config: IntercomConfig,
  regions: Record<string, string>,
): Promise<Check[]> {
  const findings = createFindings("intercom");
  const headers = {
    authorization: `Bearer ${config.accessToken}`,
    "intercom-version": config.version,
  };
  checkSecret(findings, config);
  const me = await ask(`${config.baseUrl}/me`, headers);
  if ("noAnswer" in me) {
    findings.wrong(
      "failed",
      "reachable",
      `${config.baseUrl}: ${me.noAnswer}`,
      "See whether this machine reaches Intercom: a firewall, a proxy or DNS may stand between.",
      "INTERCOM_API_BASE_URL",
    );
    return findings.checks;
  }
  checkClock(findings, me, "Intercom's", "ages of messages are counted by it");
  if (me.status !== 200) {
    await explainRefusal(findings, me, config, headers, regions);
    return findings.checks;
  }
  const app = objectOf(me.body?.app);
  if (typeof app.id_code !== "string") {
    findings.wrong(
      "failed",
      "workspace",
      `${config.baseUrl}/me answers, but names no workspace`,
      "See whether the address is Intercom's API.",
      "INTERCOM_API_BASE_URL",
    );
    return findings.checks;
  }
  findings.ok("token", "is accepted");
  findings.ok("workspace", `${textOf(app.name) ?? "unnamed"} (${app.id_code})`);
  checkAllowance(findings, me);
  await Promise.all([
    checkAdmin(findings, config, headers, textOf(me.body?.id)),
    checkArticles(findings, config, headers),
  ]);
  findings.unproved(
    "writing",
    "whether replies and notes may be written shows only when one is; docs/smoke-test.md says how to try it",
  );
  findings.unproved(
    "subscription",
    "which webhook topics are subscribed cannot be read over the API; compare them with the README's list in the Developer Hub",
  );
  return findings.checks;
}

async function explainRefusal(
  findings: Findings,
  { status }: Answer,
  config: IntercomConfig,
  headers: Record<string, string>,
  regions: Record<string, string>,
): Promise<void> {
  if (status !== 401 && status !== 403) {
    const hint =
      status === 400 || status === 406
        ? "Intercom does not take this version of its API; 2.16 is the one that is tested."
        : "Try again in a minute; https://www.intercomstatus.com says whether Intercom has a disturbance.";
    const setting = status === 400 || status === 406 ? "INTERCOM_VERSION" : undefined;
    findings.wrong("failed", "answers", `GET /me is answered with ${status}`, hint, setting);
    return;
  }
  const others = Object.entries(regions).filter(([, address]) => address !== config.baseUrl);
  const found = await Promise.all(
    others.map(async ([region, address]) => {
      const answer = await ask(`${address}/me`, headers);
      return "status" in answer && answer.status === 200 ? region : null;
    }),
  );
  const region = found.find((name) => name !== null);
  if (region !== undefined && region !== null) {
    findings.wrong(
      "failed",
      "region",
      `the token belongs to a workspace in the region "${region}"`,
      `Set INTERCOM_REGION=${region}.`,
      "INTERCOM_REGION",
    );
  } else {
    const where = others.length > 0 ? " in no region" : "";
    findings.wrong(
      "failed",
      "token",
      `the token is not accepted${where} (${status})`,
      "Copy the access token again, whole; a regenerated one ends the one before.",
      "INTERCOM_ACCESS_TOKEN",
    );
  }
}

async function checkAdmin(
  findings: Findings,
  config: IntercomConfig,
  headers: Record<string, string>,
  tokenOwner: string | null,
): Promise<void> {
  const answer = await ask(`${config.baseUrl}/admins/${config.adminId}`, headers);
  if ("noAnswer" in answer || (answer.status !== 200 && answer.status !== 404)) {
    const why = "noAnswer" in answer ? answer.noAnswer : `answered with ${answer.status}`;
    const hint = "Give the app the right 'Read admins', then try again.";
    findings.wrong("warning", "admin", `the admin could not be read: ${why}`, hint);
    return;
  }
  if (answer.status === 404) {
    findings.wrong(
      "failed",
      "admin",
      `INTERCOM_ADMIN_ID=${config.adminId} is nobody in this workspace`,
      `Set the id of the seat that replies${await seatsOf(config, headers)}.`,
      "INTERCOM_ADMIN_ID",
    );
    return;
  }
  findings.ok("admin", `replies as ${textOf(answer.body?.name) ?? "an admin without a name"}`);
  if (answer.body?.has_inbox_seat === false) {
    findings.wrong(
      "failed",
      "seat",
      "this admin has no inbox seat and may not reply",
      "Give them a seat under Intercom → Settings → Teammates, or choose an admin who has one.",
      "INTERCOM_ADMIN_ID",
    );
  }
  if (tokenOwner === config.adminId) {
    findings.wrong(
      "warning",
      "own-seat",
      "replies go out in the name of the person who made the token",
      "If that person also answers by hand, their replies are taken for ours: choose a seat that nobody types with. If nobody does, this may be ignored.",
      "INTERCOM_ADMIN_ID",
    );
  }
}

/** Whether the token may read what everything is about. What stands in there is not looked at. */
export async function checkConversations(config: IntercomConfig): Promise<Check[]> {
  const findings = createFindings("intercom");
  const answer = await ask(`${config.baseUrl}/conversations?per_page=1`, {
    authorization: `Bearer ${config.accessToken}`,
    "intercom-version": config.version,
  });
  if ("noAnswer" in answer) return [];
  if (answer.status === 200) findings.ok("conversations", "can be read");
  // 401 and 5xx are said of the token and of Intercom already.
  else if (answer.status === 403) {
    findings.wrong(
      "failed",
      "conversations",
      "conversations may not be read (403)",
      "Give the app the right 'Read conversations' and 'Write conversations', then copy the token again.",
      "INTERCOM_ACCESS_TOKEN",
    );
  }
  return findings.checks;
}

/** "; the seats are: …" with names and ids; empty where they cannot be read. */
async function seatsOf(config: IntercomConfig, headers: Record<string, string>): Promise<string> {
  const answer = await ask(`${config.baseUrl}/admins`, headers);
  const admins = "noAnswer" in answer ? null : answer.body?.admins;
  if (!Array.isArray(admins)) return "";
  const seats = admins
    .map(objectOf)
    .filter((admin) => admin.has_inbox_seat !== false)
    .map((admin) => `${textOf(admin.name) ?? "unnamed"} (${textOf(admin.id)})`);
  if (seats.length === 0) return "; no admin has an inbox seat yet";
  const more = seats.length > mostSeatsNamed ? `, and ${seats.length - mostSeatsNamed} more` : "";
  return `; the seats are: ${seats.slice(0, mostSeatsNamed).join(", ")}${more}`;
}

async function checkArticles(
  findings: Findings,
  config: IntercomConfig,
  headers: Record<string, string>,
): Promise<void> {
  const answer = await ask(`${config.baseUrl}/articles?per_page=1`, headers);
  if ("noAnswer" in answer || answer.status !== 200) {
    const why = "noAnswer" in answer ? answer.noAnswer : `answered with ${answer.status}`;
    findings.wrong(
      "warning",
      "articles",
      `the help center cannot be read: ${why}`,
      "Give the app the right 'Read and list articles'; until then answers come from the memory alone.",
      "INTERCOM_ACCESS_TOKEN",
    );
    return;
  }
  const count = Number(answer.body?.total_count ?? 0);
  if (count > 0)
    findings.ok("articles", `${count === 1 ? "one article" : `${count} articles`} can be read`);
  else {
    const hint = "Publish articles, or let it learn from past conversations with 'npm run sync'.";
    findings.wrong("warning", "articles", "the help center holds no article", hint);
  }
}

function checkAllowance(findings: Findings, me: Answer): void {
  const limit = Number(me.header("x-ratelimit-limit") ?? Number.NaN);
  const remaining = Number(me.header("x-ratelimit-remaining") ?? Number.NaN);
  if (!Number.isFinite(limit) || !Number.isFinite(remaining)) return;
  const said = `${remaining} of ${limit} calls left in this window of ten seconds`;
  if (remaining >= limit * littleAllowance) findings.ok("allowance", said);
  else {
    const hint = "See what else uses this workspace's API; calls beyond the limit are refused.";
    findings.wrong("warning", "allowance", said, hint);
  }
}

function checkSecret(findings: Findings, { webhookSecrets, accessToken }: IntercomConfig): void {
  if (webhookSecrets.length === 0) return;
  if (!webhookSecrets.includes(accessToken)) {
    findings.unproved(
      "webhook-secret",
      webhookSecrets.length === 1
        ? "is set; that it is this app's shows with the first webhook"
        : "two are set, and a webhook signed with either is taken; /ready says which one signed last",
    );
    return;
  }
  findings.wrong(
    "failed",
    "webhook-secret",
    "is the same as the access token, so every webhook would be refused",
    "Set the app's client secret.",
    "INTERCOM_WEBHOOK_SECRET",
  );
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
