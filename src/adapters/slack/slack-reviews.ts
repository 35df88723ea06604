import type { Router } from "express";
import type { AuditPorts, SentReply } from "../../core/audit-sample.ts";
import { closeReviewsDecidedElsewhere } from "../../core/close-reviews.ts";
import type { Drafter, HelpCenter, Log, Reviews, Teammates, WorkQueue } from "../../core/ports.ts";
import type { SettlePorts } from "../../core/settle-review.ts";
import type { Policy } from "../../core/types.ts";
import { sleep } from "../../lib/sleep.ts";
import { createAudits } from "./audits.ts";
import { createClicks } from "./clicks.ts";
import { createClients, slackErrorCode, upstreamError } from "./clients.ts";
import { createEvents } from "./events.ts";
import { createPacker } from "./pack-draft.ts";
import { createReminders } from "./reminders.ts";
import { createReviewers } from "./reviewers.ts";
import { createCardPoster } from "./reviews.ts";
import { createVerdicts } from "./verdicts.ts";

export type SlackReviewsOptions = {
  botToken: string;
  /** Signs clicks over HTTP; without one the bot token signs the drafts on the cards. */
  signingSecret: string | null;
  channelId: string;
  /** For example `https://slack.com/api`; `null` is that. */
  apiUrl: string | null;
  /** Set: Socket Mode instead of HTTP. */
  appToken: string | null;
  /** Slack user ids of those who may decide; empty means everybody in the channel. */
  reviewers: string[];
  /** When to remind of an undecided card; 0 means never. */
  reminderMinutes: number;
  policy: Policy;
  /** Verdicts run in here, one after the other with the journeys of their conversation. */
  queue: Pick<WorkQueue, "runAlone">;
  /** What a verdict may do. */
  settlePorts: SettlePorts;
  /** What drafting anew takes. */
  redraftPorts: { drafter: Drafter; memory: AuditPorts["memory"]; helpCenter: HelpCenter };
  teammates: Teammates;
  /** Told what Slack did last. */
  onOk(): void;
  onFailing(error: Error): void;
  log: Log;
};

export type SlackReviews = {
  reviews: Reviews;
  /** Posts a card about a reply that was sent automatically. @throws UpstreamError */
  postAudit(sent: SentReply): Promise<void>;
  /** Closes the cards of a conversation that was answered or closed in Intercom. Never throws. */
  closeDecidedElsewhere(conversationId: string): Promise<void>;
  /** To be mounted before anything that parses bodies; `null` in Socket Mode. */
  router: Router | null;
  /** Begins to look after the connection; never waits for Slack and never fails. */
  start(): void;
  /** Takes no more clicks and finishes what was acknowledged. */
  stop(): Promise<void>;
};

const connectRetryMs = 30_000;
/** What takes longer is a verdict in its queue, which is drained by whoever owns the queue. */
const stopTimeoutMs = 5_000;

/**
 * Reviews in a Slack channel: cards whose buttons carry everything that a decision needs.
 *
 * A Slack that is down or refuses the token stops nothing: `post` throws, the journey leaves a note
 * instead, and the connection is tried again in the background.
 */
export function createSlackReviews(options: SlackReviewsOptions): SlackReviews {
  const { botToken: token, apiUrl, channelId, settlePorts, log } = options;
  const clients = createClients({ token, apiUrl, log });
  const packer = createPacker(options.signingSecret ?? token);
  const reminders = createReminders({
    minutes: options.reminderMinutes,
    channelId,
    clients,
    clock: settlePorts.clock,
    log,
  });
  const reviewers = createReviewers({ named: options.reviewers, client: clients.interactive });
  const verdicts = createVerdicts({
    clients,
    packer,
    queue: options.queue,
    settlePorts,
    redraftPorts: options.redraftPorts,
    teammates: options.teammates,
    emailOf: reviewers.emailOf,
    policy: options.policy,
    onDecided: reminders.cancel,
    log,
  });
  const poster = createCardPoster({
    clients,
    channelId,
    packer,
    onPosted: reminders.schedule,
    onClosed: reminders.cancel,
    onOk: options.onOk,
    onFailing: options.onFailing,
    log,
  });
  const audits = createAudits({
    clients,
    packer,
    poster,
    queue: options.queue,
    ports: { ...settlePorts, ...options.redraftPorts },
    policy: options.policy,
  });
  const clicks = createClicks({
    channelId,
    packer,
    reviewers,
    verdicts,
    audits,
    client: clients.interactive,
    log,
  });
  const events = createEvents({
    token,
    apiUrl,
    signingSecret: options.signingSecret,
    appToken: options.appToken,
    channelId,
    clicks,
    client: clients.interactive,
    clock: settlePorts.clock,
    log,
  });
  const stopping = new AbortController();

  return {
    reviews: { post: poster.post },
    postAudit: audits.post,
    async closeDecidedElsewhere(conversationId) {
      const ports = { inbox: settlePorts.inbox, close: poster.close };
      try {
        await options.queue.runAlone(conversationId, () =>
          closeReviewsDecidedElsewhere(conversationId, ports),
        );
      } catch (error) {
        log.warn({ conversationId, error }, "cards not closed");
      }
    },
    router: events.router,
    start: () => void connect(),
    async stop() {
      stopping.abort();
      await Promise.race([events.stop(), sleep(stopTimeoutMs)]);
    },
  };

  /** Says at start whether the token works; repeats until it does. */
  async function connect(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { team, user } = await clients.interactive.auth.test();
        await events.connect();
        options.onOk();
        log.info({ team, user, transport: events.router === null ? "socket" : "http" }, connected);
        return;
      } catch (error) {
        const failure = slackErrorCode(error) === null ? error : upstreamError("auth.test", error);
        options.onFailing(failure instanceof Error ? failure : new Error(String(failure)));
        log.error({ error: failure }, "Slack does not let us in: check SLACK_BOT_TOKEN");
        await sleep(connectRetryMs, stopping.signal);
      }
    }
  }
}

const connected = "connected to Slack";
