import type { RequestHandler } from "express";

/** Slack's own tolerance: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const toleranceSeconds = 300;

/**
 * Refuses what Bolt would let pass: requests from the future, and signatures of another version.
 * Everything else about the signature is Bolt's to check.
 */
export function createRequestGuard(clock: () => number): RequestHandler {
  return (request, response, next) => {
    const timestamp = request.header("x-slack-request-timestamp") ?? "";
    const signature = request.header("x-slack-signature") ?? "";
    const ageSeconds = Math.abs(clock() / 1000 - Number(timestamp));
    const isRecent = /^\d{1,12}$/.test(timestamp) && ageSeconds <= toleranceSeconds;
    if (isRecent && /^v0=[0-9a-f]{64}$/.test(signature)) next();
    else response.status(401).json({ error: "The signature or its time is missing or wrong." });
  };
}
