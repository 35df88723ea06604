import { type VariableName, variables } from "../config/variables.ts";
import type { Clock } from "../core/ports.ts";
import { createSignatureRecord } from "../core/signature-record.ts";

/** Whether Intercom and Slack sign with the secrets that are set. */
export function createSignatureRecords(webhookSecrets: number, clock: Clock) {
  const record = (advice: string, secrets: number) =>
    createSignatureRecord({ advice, secrets, clock });
  return {
    webhooks: record(adviceFor("INTERCOM_WEBHOOK_SECRET", "Intercom"), webhookSecrets),
    clicks: record(adviceFor("SLACK_SIGNING_SECRET", "Slack"), 1),
  };
}

function adviceFor(name: VariableName, sender: string): string {
  return `Requests came whose signature is not made with ${name}. If ${sender} sent them, copy the secret again from ${variables[name].where}; anybody can send such requests, and they change nothing.`;
}
