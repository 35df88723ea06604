/** A topic that Intercom does not have: a notification of it is the doctor's own. */
export const sampleTopic = "doctor.sample";

/**
 * A body as a webhook's, to be signed and posted to ourselves. Its spaces and signs are such that
 * whoever parses it and writes it again on the way changes its bytes.
 *
 * @param mark comes back in the answer of whoever recognises it: letters and digits
 */
export function sampleBody(mark: string): Buffer {
  return Buffer.from(
    `{ "type":"notification_event",  "topic":"${sampleTopic}", "mark":"${mark}", "words":"caf\\u00e9 €\\/ü", "number":1.50 }\n`,
  );
}

/** What `sampleBody` was marked with; `null` where a body is something else. */
export function markOf(body: Buffer): string | null {
  return /"mark":"(\w{1,64})"/.exec(body.toString("utf8"))?.[1] ?? null;
}
