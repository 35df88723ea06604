import type { Config } from "../config.ts";
import { ask } from "./ask.ts";
import { type Check, createFindings, type Findings } from "./check.ts";

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/**
 * What the service says of itself, where it runs on this machine: what fails at the moment and when
 * Intercom wrote last. No findings where it does not run here.
 */
export async function checkService({ host, port, adminToken }: Config): Promise<Check[]> {
  const findings = createFindings("service");
  if (port === 0) return [];
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const address = `http://${name.includes(":") ? `[${name}]` : name}:${port}/ready`;
  const authorization = adminToken === null ? {} : { authorization: `Bearer ${adminToken}` };
  const answer = await ask(address, authorization);
  if ("noAnswer" in answer || answer.body === null) return [];
  const { status, details, dependencies, signatures } = answer.body;
  if (/^(?:not )?ready$/.test(textOf(status) ?? "") && textOf(details) !== null) {
    findings.ok("runs", `the service runs on port ${port}`);
    findings.wrong(
      "warning",
      "token",
      `it runs with another ADMIN_TOKEN and says only that it is ${textOf(status)}`,
      "Start it again with the settings as they are now.",
      "ADMIN_TOKEN",
    );
    return findings.checks;
  }
  // Whatever else listens there says nothing of the kind.
  if (typeof dependencies !== "object" || typeof signatures !== "object") return [];
  findings.ok("runs", `the service runs on port ${port}`);
  for (const [dependency, state] of Object.entries(objectOf(dependencies))) {
    const { state: said, detail } = objectOf(state);
    if (said !== "failing") continue;
    findings.wrong(
      "failed",
      dependency.replaceAll(" ", "-"),
      `${dependency} is failing: ${(textOf(detail) ?? "no reason given").replace(/\.$/, "")}`,
      "See what the other groups say of it; if they find nothing, it was a disturbance, and the next call shows that.",
    );
  }
  checkWebhooks(findings, objectOf(objectOf(signatures).webhooks));
  return findings.checks;
}

function checkWebhooks(findings: Findings, webhooks: Record<string, unknown>): void {
  const { lastAcceptedAt, refusedSince, advice } = webhooks;
  const at = Date.parse(textOf(lastAcceptedAt) ?? "");
  const age = Number.isNaN(at) ? null : Math.round((Date.now() - at) / 60_000);
  if (Number(refusedSince) > 0) {
    findings.wrong(
      age === null ? "failed" : "warning",
      "webhooks",
      `${Number(refusedSince)} webhooks with another signature came ${age === null ? "and none with the right one" : "since the last one with the right one"}`,
      textOf(advice) ?? "Copy the client secret again.",
      "INTERCOM_WEBHOOK_SECRET",
    );
  } else if (age === null) {
    findings.unproved("webhooks", "no webhook has come since it was started; write as a customer");
  } else findings.ok("webhooks", `the last one came ${age < 1 ? "just now" : `${age} min ago`}`);
}
