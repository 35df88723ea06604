import type { Router } from "express";
import type { Digest } from "../../core/insight/digest.ts";
import type { KnowledgeToDo } from "../../core/learning/keeping-true.ts";
import type { AuditedSent, Measures } from "../../core/measures.ts";
import type { Drafter, HelpCenter, Log, Reviews, Teammates, WorkQueue } from "../../core/ports.ts";
import type { LadderKeeper } from "../../core/proving/ladder-keeper.ts";
import type { AuditPorts, SentReply } from "../../core/reviewing/audit-sample.ts";
import { closeReviewsDecidedElsewhere } from "../../core/reviewing/close-reviews.ts";
import { type OverviewPorts, readOverview } from "../../core/reviewing/overview.ts";
import type { SettlePorts } from "../../core/reviewing/settle-review.ts";
import type { SignatureRecord } from "../../core/signature-record.ts";
import type { Outcome, Policy } from "../../core/types.ts";
import { sleep } from "../../lib/sleep.ts";
import { createAudits } from "./audits.ts";
import { type CardPlace, cardId } from "./card-id.ts";
import { createClicks } from "./clicks.ts";
import { createClients, upstreamError } from "./clients.ts";
import { postDigest } from "./digest.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import { createEvents } from "./events.ts";
import { createHome } from "./home.ts";
import { createLadderCards, type LadderCards } from "./ladder-cards.ts";
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
  /** A user group's id, mentioned in reminders; `null`: nobody is. */
  escalationGroup: string | null;
  policy: () => Policy;
  /** Verdicts run in here, one after the other with the journeys of their conversation. */
  queue: Pick<WorkQueue, "runAlone">;
  /** What a verdict may do. */
  settlePorts: SettlePorts;
  /** What drafting anew takes. */
  redraftPorts: { drafter: Drafter; memory: AuditPorts["memory"]; helpCenter: HelpCenter };
  /** What the app's home is read from. */
  overviewPorts: Omit<OverviewPorts, "clock">;
  teammates: Teammates;
  /** Where /insight is read; `null`: it is not known under which address. */
  insightUrl: string | null;
  /** The same of /memory. */
  memoryUrl: string | null;
  /** What of the knowledge is to be looked at there; `null`: not known yet. */
  knowledgeToDo(): KnowledgeToDo | null;
  /** A person's answer to the question whether a topic may go out by itself. */
  answerLadder: LadderKeeper["answer"];
  /** Told when a person has found an automatic reply right or wrong. Must not throw. */
  onAudited(sent: AuditedSent): void;
  /** Told whether clicks over HTTP are signed with `signingSecret`. */
  clickSignatures: Pick<SignatureRecord, "accepted" | "refused">;
  /** Told what Slack did last. */
  onOk(): void;
  onFailing(error: Error): void;
  /** Told what each verdict came to, and of each card that needs none any more. */
  measures: Pick<Measures, "decided" | "closed">;
  /** Told how the turn of a card has ended. Must not throw. */
  onConcluded(conversationId: string, outcome: Outcome["kind"]): void;
  log: Log;
};

export type SlackReviews = {
  reviews: Reviews;
  /** Says something about the service itself in the channel. Never throws. */
  tell(text: string): Promise<void>;
  /** Posts a card about a reply that was sent automatically. @throws UpstreamError */
  postAudit(sent: SentReply): Promise<void>;
  /** Posts the week's digest. @returns whether the channel has it */
  postDigest(digest: Digest, toDo: KnowledgeToDo | null): Promise<boolean>;
  /** Asks whether a topic may go out by itself. @returns whether the channel was asked */
  askAboutTopic: LadderCards["ask"];
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
    minutesFor: ({ missing = [] }) => {
      const facts = options.policy().missingFacts;
      const isForFacts = missing.length > 0 && facts?.step === "remind";
      return isForFacts ? facts.afterMs / 60_000 : options.reminderMinutes;
    },
    isUsed: () => options.reminderMinutes > 0 || options.policy().missingFacts?.step === "remind",
    escalationGroup: options.escalationGroup,
    clients,
    clock: settlePorts.clock,
    log,
  });
  const onClosed = (place: CardPlace) => {
    options.measures.closed(cardId(place));
    return reminders.cancel(place);
  };
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
    onDecided: onClosed,
    async onRejected(place, draft) {
      await onClosed(place);
      await reminders.schedule(place, await poster.permalink(place), draft);
    },
    measure: options.measures.decided,
    onConcluded: options.onConcluded,
    log,
  });
  const poster = createCardPoster({
    clients,
    channelId,
    packer,
    onPosted: reminders.schedule,
    onClosed,
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
    onAudited: options.onAudited,
  });
  const ladderCards = createLadderCards({
    channelId,
    clients,
    reviewers,
    answer: options.answerLadder,
    clock: settlePorts.clock,
    log,
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
  const home = createHome({
    reviewers,
    read: () => readOverview({ ...options.overviewPorts, clock: settlePorts.clock }),
    permalink: poster.permalink,
    toDo: options.knowledgeToDo,
    memoryUrl: options.memoryUrl,
    client: clients.interactive,
    clock: settlePorts.clock,
    log,
  });
  const events = createEvents({
    home,
    token,
    apiUrl,
    signingSecret: options.signingSecret,
    appToken: options.appToken,
    channelId,
    clicks,
    ladderCards,
    client: clients.interactive,
    clock: settlePorts.clock,
    signatures: options.clickSignatures,
    log,
  });
  const stopping = new AbortController();

  return {
    reviews: {
      post: poster.post,
      askForAnswer: poster.askForAnswer,
      showHandOff: poster.showHandOff,
    },
    postAudit: audits.post,
    askAboutTopic: ladderCards.ask,
    postDigest: (digest, toDo) =>
      postDigest(digest, {
        channelId,
        clients,
        pageUrl: options.insightUrl,
        toDo,
        memoryUrl: options.memoryUrl,
        log,
      }),
    async tell(text) {
      try {
        const message = { text: escapeMrkdwn(text), unfurl_links: false, unfurl_media: false };
        await clients.patient.chat.postMessage({ channel: channelId, ...message });
      } catch (error) {
        log.warn({ error: upstreamError("chat.postMessage", error) }, "not told in Slack");
      }
    },
    async closeDecidedElsewhere(conversationId) {
      const close: typeof poster.close = async (card, conversation, reason) => {
        options.onConcluded(conversationId, "noted");
        await poster.close(card, conversation, reason);
      };
      const ports = { inbox: settlePorts.inbox, close };
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

  /** Says at start whether Slack lets us in; repeats until it does. */
  async function connect(): Promise<void> {
    const transport = events.router === null ? "socket" : "http";
    while (!stopping.signal.aborted) {
      try {
        const { team, user } = await authenticated();
        await connected();
        options.onOk();
        log.info({ team, user, transport }, "connected to Slack");
        return;
      } catch (error) {
        options.onFailing(error instanceof Error ? error : new Error(String(error)));
        log.error({ error }, "Slack does not let us in, trying again");
        await sleep(connectRetryMs, stopping.signal);
      }
    }
  }

  async function authenticated() {
    try {
      return await clients.interactive.auth.test();
    } catch (error) {
      throw upstreamError("auth.test", error);
    }
  }

  async function connected(): Promise<void> {
    try {
      await events.connect();
    } catch (error) {
      throw upstreamError("apps.connections.open", error, "SLACK_APP_TOKEN");
    }
  }
}
