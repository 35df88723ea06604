import { createHash } from "node:crypto";

/** The same for what is the same when written as JSON, in every process. */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}
