import type { Written } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import {
  failureOf,
  type IntercomAnswer,
  type IntercomCall,
  type IntercomClient,
  isSuccess,
} from "./client.ts";
import { conversationSchema, type IntercomPart } from "./conversation-schema.ts";

const pauseAfterFailedConnectMs = 2_000;

/**
 * Sends a part to a conversation, once, and says what is known of it. Intercom has no idempotency
 * key, so whatever may have been carried out is `unknown`, never repeated here.
 * @param isIt tells the written part from others that the answer may contain
 */
export async function writePart(
  client: IntercomClient,
  call: IntercomCall,
  isIt: (part: IntercomPart) => boolean,
): Promise<Written> {
  try {
    return toWritten(await client.write(call), isIt);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.isRetryable) return { result: "not-yet", retryAfterMs: pauseAfterFailedConnectMs };
    return { result: "unknown", explanation: error.message };
  }
}

function toWritten(answer: IntercomAnswer, isIt: (part: IntercomPart) => boolean): Written {
  if (isSuccess(answer.status)) return carriedOut(answer, isIt);
  if (answer.status === 429) return { result: "not-yet", retryAfterMs: answer.retryAfterMs };
  const explanation = `Intercom answered ${failureOf(answer)}`;
  const isUnknown = answer.status === 408 || answer.status >= 500;
  return { result: isUnknown ? "unknown" : "refused", explanation };
}

/** Only a conversation says that it was carried out; a proxy's page with status 200 says nothing. */
function carriedOut({ body }: IntercomAnswer, isIt: (part: IntercomPart) => boolean): Written {
  const conversation = conversationSchema.safeParse(body);
  if (!conversation.success) {
    return { result: "unknown", explanation: "Intercom answered something unreadable" };
  }
  // Where the answer does not show the part, it is done nevertheless.
  const partId = conversation.data.conversation_parts.shown.findLast(isIt)?.id ?? "";
  return { result: "done", partId };
}
