import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Gone } from "../core/knowledge/forget-in-intercom.ts";
import type { Delivery } from "../core/measures.ts";
import type { Log, WorkQueue } from "../core/ports.ts";
import { inBursts } from "../lib/in-bursts.ts";
import { isSigned } from "../lib/intercom-signature.ts";
import { markOf, sampleTopic } from "../lib/signed-sample.ts";
import { answerError, answerFailure } from "./error-handler.ts";
import { type MayAsk, type Notification, readNotification } from "./notification.ts";
import { BodyError, readRawBody } from "./raw-body.ts";

/** The second is where subscriptions of older responders point to. */
export const intercomWebhookPaths = ["/webhooks/intercom", "/intercom/webhook"];
const maxBodyBytes = 1024 * 1024;

export type IntercomWebhookOptions = {
  /** A webhook that is signed with any of them is taken. */
  secrets: string[];
  queue: Pick<WorkQueue, "add">;
  /** Whether the notification is about a workspace other than ours; unknown is not other. */
  isOtherWorkspace(appId: string): boolean;
  /** Told of every notification whose signature is right, and which of the secrets it was. */
  onSigned?(secret: number): void;
  /** Told what became of each delivery, and after how many milliseconds it was answered. */
  onDelivered?(delivery: Delivery, durationMs: number): void;
  /** Told of every request that is signed with something else. */
  onWrongSignature?(): void;
  /** An article was written, published, unpublished or deleted. */
  onArticlesChanged?(): void;
  /** A teammate (or we) answered or closed a conversation in Intercom. Must not throw. */
  onHandledInIntercom?(conversationId: string): Promise<void>;
  /** Whether a teammate's note or new tags ask for a draft; the conversation itself is read for it. */
  asksForDraft?(asked: MayAsk): boolean;
  /** A conversation was deleted in Intercom, or parts of it redacted. Must not throw. */
  onGoneInIntercom?(gone: Gone): Promise<void>;
  /** A contact was deleted in Intercom. Must not throw. */
  onContactDeleted?(contactId: string): Promise<void>;
  /** Others were merged into this contact. Must not throw. */
  onContactMerged?(contactId: string): Promise<void>;
  log: Log;
};

/**
 * `POST` on the webhook's paths: verifies the signature over the raw bytes, notes which conversation to
 * look at, and answers. The answer never waits for work. HEAD, with which Intercom checks that the
 * address exists before it saves it, is answered too.
 *
 * Never answers 410 or 429: Intercom would end or throttle the whole subscription
 * (https://developers.intercom.com/docs/webhooks/webhook-notifications).
 */
export function createIntercomWebhook(options: IntercomWebhookOptions): RequestListener {
  const { secrets, queue, isOtherWorkspace, log } = options;
  const together = inBursts();
  return (request, response) => {
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const arrivedAt = performance.now();
    const tell = (delivery: Delivery) =>
      options.onDelivered?.(delivery, performance.now() - arrivedAt);
    const refuse = (error: unknown) => {
      answerFailure(error, request, response, log);
      tell(error instanceof BodyError ? "refused-body" : "failed");
    };
    const receive = (rawBody: Buffer) =>
      together(() => {
        try {
          tell(answer(rawBody, request, response));
        } catch (error) {
          refuse(error);
        }
      });
    readRawBody(request, maxBodyBytes, receive, refuse);
  };

  function answer(rawBody: Buffer, request: IncomingMessage, response: ServerResponse): Delivery {
    const signature = request.headers["x-hub-signature"];
    const signedWith = secrets.findIndex((secret) => isSigned(secret, rawBody, signature));
    if (signedWith === -1) {
      const isSignedOtherwise = signature !== undefined;
      if (isSignedOtherwise) options.onWrongSignature?.();
      log.warn(
        { bytes: rawBody.length },
        isSignedOtherwise
          ? "webhook refused: the signature is wrong; if Intercom sent it, INTERCOM_WEBHOOK_SECRET is not this app's client secret (Intercom Developer Hub → your app → Basic information)"
          : "webhook refused: there is no signature, so it did not come from Intercom",
      );
      answerError(response, 401, "The signature is missing or wrong.");
      return "refused-signature";
    }
    const notification = readNotification(rawBody);
    if (notification.kind === "not-watched" && notification.topic === sampleTopic) {
      return recognise(rawBody, response);
    }
    options.onSigned?.(signedWith);
    if (notification.kind === "not-a-notification") {
      log.warn({ problem: notification.problem }, "webhook refused: not a notification");
      answerError(response, 400, notification.problem);
      return "refused-body";
    }
    const delivery = note(notification);
    response.end();
    return delivery;
  }

  /** Tells whoever sent the doctor's sample that it arrived as it left; Intercom did not send it. */
  function recognise(rawBody: Buffer, response: ServerResponse): Delivery {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ sample: markOf(rawBody) }));
    log.info({}, "webhook left: a sample of the doctor's");
    return "left";
  }

  function noteAsking(asked: Extract<Notification, { kind: "may-ask-for-draft" }>): Delivery {
    const { topic, conversationId } = asked;
    if (options.asksForDraft?.(asked) !== true) {
      log.info({ topic, conversationId }, "webhook left: it asks for no draft");
      return "left";
    }
    queue.add({ conversationId, from: "webhook", partId: null, contactId: null, text: "" });
    log.info({ topic, conversationId }, "webhook noted: a draft is asked for");
    return "taken";
  }

  function note(notification: Exclude<Notification, { kind: "not-a-notification" }>): Delivery {
    const { topic, appId } = notification;
    if (appId !== null && isOtherWorkspace(appId)) {
      log.warn({ topic, appId }, "webhook left: it is about another workspace");
      return "other-workspace";
    }
    if (notification.kind === "not-watched") {
      log.info({ topic }, "webhook left: topic not watched");
      return "left";
    }
    if (notification.kind === "may-ask-for-draft") return noteAsking(notification);
    if (notification.kind === "articles-changed") {
      options.onArticlesChanged?.();
      log.info({ topic }, "webhook noted: articles changed");
    } else if (notification.kind === "gone-in-intercom") {
      const { conversationId, partIds } = notification.gone;
      void options.onGoneInIntercom?.(notification.gone);
      log.info({ topic, conversationId, partIds }, "webhook noted: gone in Intercom");
    } else if (notification.kind === "contact-deleted") {
      void options.onContactDeleted?.(notification.contactId);
      log.info({ topic, contactId: notification.contactId }, "webhook noted: contact deleted");
    } else if (notification.kind === "contact-merged") {
      void options.onContactMerged?.(notification.contactId);
      log.info({ topic, contactId: notification.contactId }, "webhook noted: contact merged");
    } else if (notification.kind === "handled-in-intercom") {
      void options.onHandledInIntercom?.(notification.conversationId);
      log.info({ topic, conversationId: notification.conversationId }, "webhook noted: handled");
    } else {
      const { conversationId, partId } = notification.hint;
      queue.add(notification.hint);
      log.info({ topic, conversationId, partId }, "webhook noted");
    }
    return "taken";
  }
}
