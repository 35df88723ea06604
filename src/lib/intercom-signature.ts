import { createHmac, timingSafeEqual } from "node:crypto";

const headerForm = /^sha1=[0-9a-f]{40}$/;

/**
 * The value of `X-Hub-Signature` for a webhook body: HMAC-SHA1 with the app's client secret
 * (https://developers.intercom.com/docs/webhooks/webhook-topics#signed-notifications).
 */
export function sign(secret: string, rawBody: Buffer): string {
  return `sha1=${digest(secret, rawBody).toString("hex")}`;
}

/**
 * Whether Intercom signed exactly these bytes. Anything but one well-formed header is a no, as is
 * an empty secret, with which anybody could sign; never throws.
 */
export function isSigned(secret: string, rawBody: Buffer, header: unknown): boolean {
  if (secret === "" || typeof header !== "string" || !headerForm.test(header)) return false;
  const given = Buffer.from(header.slice("sha1=".length), "hex");
  return timingSafeEqual(given, digest(secret, rawBody));
}

function digest(secret: string, rawBody: Buffer): Buffer {
  return createHmac("sha1", secret).update(rawBody).digest();
}
