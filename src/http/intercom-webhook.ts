import express, { type IRouter, type RequestHandler } from "express";
import type { Log, WorkQueue } from "../core/ports.ts";
import { inBursts } from "../lib/in-bursts.ts";
import { isSigned } from "../lib/intercom-signature.ts";
import { type Notification, readNotification } from "./notification.ts";

const path = "/webhooks/intercom";

export type IntercomWebhookOptions = {
  secret: string;
  queue: Pick<WorkQueue, "add">;
  /** Whether the notification is about a workspace other than ours; unknown is not other. */
  isOtherWorkspace(appId: string): boolean;
  /** An article was written, published, unpublished or deleted. */
  onArticlesChanged?(): void;
  /** A teammate (or we) answered or closed a conversation in Intercom. Must not throw. */
  onHandledInIntercom?(conversationId: string): Promise<void>;
  log: Log;
};

/**
 * `POST /webhooks/intercom`: verifies the signature over the raw bytes, notes which conversation to
 * look at, and answers. The answer never waits for work.
 *
 * Never answers 410 or 429: Intercom would end or throttle the whole subscription
 * (https://developers.intercom.com/docs/webhooks/webhook-notifications).
 */
export function serveIntercomWebhook(app: IRouter, options: IntercomWebhookOptions): void {
  // A body that is not compressed is the only one whose bytes are those that were signed.
  const rawBody = express.raw({ type: () => true, limit: "1mb", inflate: false });
  const later = inBursts();
  const together: RequestHandler = (_request, _response, next) => later(next);
  app.post(path, rawBody, together, receive(options));
  // Intercom checks with HEAD that the address exists before it saves it.
  app.head(path, (_request, response) => {
    response.status(200).end();
  });
}

function receive(options: IntercomWebhookOptions): RequestHandler {
  const { secret, queue, isOtherWorkspace, log } = options;
  return (request, response) => {
    const body: unknown = request.body;
    const rawBody = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    if (!isSigned(secret, rawBody, request.headers["x-hub-signature"])) {
      log.warn({ bytes: rawBody.length }, "webhook refused: signature missing or wrong");
      response.status(401).json({ error: "The signature is missing or wrong." });
      return;
    }
    const notification = readNotification(rawBody);
    if (notification.kind === "not-a-notification") {
      log.warn({ problem: notification.problem }, "webhook refused: not a notification");
      response.status(400).json({ error: notification.problem });
      return;
    }
    note(notification);
    response.status(200).end();
  };

  function note(notification: Exclude<Notification, { kind: "not-a-notification" }>): void {
    const { topic, appId } = notification;
    if (appId !== null && isOtherWorkspace(appId)) {
      log.warn({ topic, appId }, "webhook left: it is about another workspace");
    } else if (notification.kind === "not-watched") {
      log.info({ topic }, "webhook left: topic not watched");
    } else if (notification.kind === "articles-changed") {
      options.onArticlesChanged?.();
      log.info({ topic }, "webhook noted: articles changed");
    } else if (notification.kind === "handled-in-intercom") {
      void options.onHandledInIntercom?.(notification.conversationId);
      log.info({ topic, conversationId: notification.conversationId }, "webhook noted: handled");
    } else {
      const { conversationId, partId } = notification.hint;
      queue.add(notification.hint);
      log.info({ topic, conversationId, partId }, "webhook noted");
    }
  }
}
