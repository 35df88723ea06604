import { randomBytes } from "node:crypto";
import { connect } from "node:tls";
import type { Config } from "../config.ts";
import { sign } from "../lib/intercom-signature.ts";
import { sampleBody } from "../lib/signed-sample.ts";
import { type Answer, ask, patienceMs } from "./ask.ts";
import { type Check, createFindings, type Findings } from "./check.ts";

const path = "/webhooks/intercom";
const dayMs = 86_400_000;
/** Certificates of Let's Encrypt are renewed 30 days before their end; by then that has failed. */
const fewDays = 14;

/**
 * Posts a signed sample to the service's public address, as Intercom posts webhooks: names, TLS, the
 * proxy, the raw body and the secret in one go. Whoever has the secret recognises the sample and
 * does nothing about it.
 */
export async function checkPublicAddress(config: Config): Promise<Check[]> {
  const { publicUrl, intercom } = config;
  const secret = intercom?.webhookSecrets[0];
  if (publicUrl === null || secret === undefined) return [];
  const findings = createFindings("public");
  if (!publicUrl.startsWith("https:")) {
    findings.wrong(
      "warning",
      "address",
      `${publicUrl} is not encrypted`,
      "Set the https:// address; customers' words travel to it.",
      "PUBLIC_URL",
    );
  }
  const [sent] = await Promise.all([
    post(publicUrl, secret),
    checkCertificate(findings, new URL(publicUrl)),
  ]);
  await saySample(findings, config, secret, sent);
  return findings.checks;
}

type Sent = { answer: Answer | { noAnswer: string }; isRecognised: boolean; tookMs: number };

async function post(base: string, secret: string): Promise<Sent> {
  const mark = randomBytes(12).toString("hex");
  const body = sampleBody(mark);
  const headers = { "content-type": "application/json", "x-hub-signature": sign(secret, body) };
  const beganAt = Date.now();
  const answer = await ask(`${base}${path}`, headers, body);
  const isRecognised = "status" in answer && answer.status === 200 && answer.body?.sample === mark;
  return { answer, isRecognised, tookMs: Date.now() - beganAt };
}

async function saySample(
  findings: Findings,
  { publicUrl, port }: Config,
  secret: string,
  { answer, isRecognised, tookMs }: Sent,
): Promise<void> {
  const wrong = (
    detail: string,
    hint: string,
    setting: "PUBLIC_URL" | "INTERCOM_WEBHOOK_SECRET" = "PUBLIC_URL",
  ) => findings.wrong("failed", "sample", `${publicUrl}${path} ${detail}`, hint, setting);

  if (isRecognised) {
    findings.ok("sample", `a signed sample was recognised at ${publicUrl}${path} in ${tookMs} ms`);
  } else if ("noAnswer" in answer) {
    wrong(
      `cannot be reached: ${answer.noAnswer}`,
      "See that the name points to the machine, ports 80 and 443 are open, and the certificate is whole (docs/deployment.md). Some networks do not lead back to themselves: then try it from elsewhere.",
    );
  } else if (answer.status >= 300 && answer.status < 400) {
    wrong(
      `leads on to ${originIn(answer.header("location"))} (${answer.status})`,
      "Intercom does not follow: set the address at which it ends, here and in the Developer Hub.",
    );
  } else if (answer.status === 401) {
    // Asked directly, the service tells whether it is the secret or the way to it.
    const near = port === 0 ? null : await post(`http://127.0.0.1:${port}`, secret);
    if (near?.isRecognised) {
      wrong(
        "refuses the sample (401), which the service takes when it is asked directly",
        "Something on the way changes the body: let the proxy pass it on as it comes, as nginx/nginx.conf does.",
      );
    } else {
      wrong(
        "refuses the sample (401)",
        "The service that runs there knows another secret: give it this one and start it again.",
        "INTERCOM_WEBHOOK_SECRET",
      );
    }
  } else if (answer.status === 404 || answer.status === 405) {
    wrong(
      `is not known there (${answer.status})`,
      `Let the proxy pass ${path} on to the service, and see that the address is the service's.`,
    );
  } else if (answer.status >= 500) {
    wrong(
      `answers with ${answer.status}`,
      "The proxy does not reach the service: see whether it runs and where the proxy looks for it.",
    );
  } else if (answer.status === 200) {
    wrong(
      "answers, but not as this service",
      "See that the name points to it and that it runs in this version.",
    );
  } else wrong(`answers with ${answer.status}`, "See what stands before the service.");
}

function originIn(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).origin : "another address";
}

/** How long the certificate is still valid; what is wrong with it says the sample. */
async function checkCertificate(findings: Findings, { protocol, hostname, port }: URL) {
  if (protocol !== "https:") return;
  const validTo = await new Promise<number | null>((settle) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname });
    const end = (value: number | null) => {
      socket.destroy();
      settle(value);
    };
    socket.setTimeout(patienceMs, () => end(null));
    socket.once("error", () => end(null));
    socket.once("secureConnect", () => end(Date.parse(socket.getPeerCertificate().valid_to)));
  });
  if (validTo === null || Number.isNaN(validTo)) return;
  const days = Math.floor((validTo - Date.now()) / dayMs);
  if (days >= fewDays) findings.ok("certificate", `is valid for ${days} more days`);
  else {
    findings.wrong(
      "warning",
      "certificate",
      `ends in ${days} days`,
      "See why it was not renewed (docs/deployment.md); afterwards Intercom delivers nothing.",
      "PUBLIC_URL",
    );
  }
}
