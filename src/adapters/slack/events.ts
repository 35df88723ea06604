import {
  App,
  type BlockAction,
  ExpressReceiver,
  type SlackViewMiddlewareArgs,
  SocketModeReceiver,
  type types,
} from "@slack/bolt";
import { Router } from "express";
import type { Clock, Log } from "../../core/ports.ts";
import type { SignatureRecord } from "../../core/signature-record.ts";
import { actionIds, callbackIds } from "./action-ids.ts";
import type { Click, Clicks, Handled, Submission } from "./clicks.ts";
import type { SlackClient } from "./clients.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import type { Home } from "./home.ts";
import type { LadderCards } from "./ladder-cards.ts";
import { libraryLog } from "./library-log.ts";
import { createRequestGuard } from "./request-guard.ts";
import { answers } from "./wording.ts";

export type EventsOptions = {
  token: string;
  apiUrl: string | null;
  /** For clicks over HTTP. */
  signingSecret: string | null;
  /** Set: clicks arrive over Socket Mode instead. */
  appToken: string | null;
  channelId: string;
  clicks: Clicks;
  ladderCards: Pick<LadderCards, "confirm" | "putOff">;
  home: Home;
  /** Private answers where Slack offers no other way. */
  client: SlackClient;
  clock: Clock;
  signatures: Pick<SignatureRecord, "accepted" | "refused">;
  log: Log;
};

export type Events = {
  /** To be mounted before anything that parses bodies; `null` in Socket Mode. */
  router: Router | null;
  /** Connects in Socket Mode; nothing to do over HTTP. @throws when Slack refuses */
  connect(): Promise<void>;
  /** Takes nothing more and waits for what was acknowledged already. */
  stop(): Promise<void>;
};

const endpoint = "/slack/events";
const answerTimeoutMs = 3000;
/** More than the longest of our modals and messages, less than a burden. */
const bodyLimit = "1mb";

/** Takes Slack's clicks and forms, acknowledges them in time, and hands them on. */
export function createEvents(options: EventsOptions): Events {
  const { clicks, log } = options;
  const logger = libraryLog(log);
  const underWay = new Set<Promise<void>>();

  const slackApiUrl = options.apiUrl === null ? {} : { slackApiUrl: `${options.apiUrl}/` };
  const receiver =
    options.appToken === null
      ? new ExpressReceiver({
          signingSecret: options.signingSecret ?? "",
          endpoints: endpoint,
          bodyLimit,
          logger,
          processEventErrorHandler: async ({ error, response }) => {
            // What goes wrong in a click's own work has been dealt with (`run`).
            log.error({ error }, "click not understood");
            if (!response.headersSent) response.writeHead(400).end();
            return false;
          },
        })
      : new SocketModeReceiver({
          appToken: options.appToken,
          logger,
          installerOptions: { clientOptions: slackApiUrl },
        });
  const app = new App({
    receiver,
    logger,
    convoStore: false,
    // Bolt's own way asks Slack who we are and takes the process down when the token is bad.
    authorize: async () => ({ botToken: options.token }),
    clientOptions: {
      ...slackApiUrl,
      timeout: answerTimeoutMs,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      fetch: (url, init) =>
        fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(answerTimeoutMs) }),
    },
  });

  const onClick: Record<string, (click: Click) => Promise<void>> = {
    [actionIds.approve]: clicks.approve,
    [actionIds.edit]: clicks.openEdit,
    [actionIds.write]: clicks.openWrite,
    [actionIds.reject]: clicks.openReject,
    [actionIds.redraft]: clicks.openRedraft,
    [actionIds.fillIn]: clicks.openFillIn,
    [actionIds.takeOver]: clicks.takeOver,
    [actionIds.good]: clicks.good,
    [actionIds.wrong]: clicks.openWrong,
    [actionIds.replyWasWrong]: clicks.openReplyWasWrong,
    [actionIds.checkAndRetry]: clicks.check,
    [actionIds.letGo]: options.ladderCards.confirm,
    [actionIds.putOff]: options.ladderCards.putOff,
    // A link: Slack opens it by itself.
    [actionIds.open]: async () => {},
  };
  const onSubmission: Record<string, (submission: Submission) => Promise<Handled>> = {
    [callbackIds.edit]: clicks.submitEdit,
    [callbackIds.editNevertheless]: clicks.submitEditNevertheless,
    [callbackIds.reject]: clicks.submitReject,
    [callbackIds.redraft]: clicks.submitRedraft,
    [callbackIds.fillIn]: clicks.submitFillIn,
    [callbackIds.wrong]: clicks.submitWrong,
    [callbackIds.replyWasWrong]: clicks.submitReplyWasWrong,
  };

  // One listener for every button, also those of older versions: two that match would both
  // acknowledge, and none that matches leaves the person with Slack's warning sign after 3 s.
  app.action<BlockAction>({ type: "block_actions" }, async ({ ack, body, action, respond }) => {
    const click = toClick(body, (message) => respond(message));
    const act = onClick[chosenAction(action)] ?? clicks.unknown;
    const acting = run(() => act(click), click);
    await ack();
    await acting;
  });

  // The other tab of the app holds messages.
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") await run(() => options.home.opened(event.user), null);
  });

  app.view(/^/, async ({ ack, body, view }: SlackViewMiddlewareArgs) => {
    if (body.type !== "view_submission") return ack();
    const submit = onSubmission[view.callback_id];
    const submission = {
      clicker: clickerOf(body.user),
      at: options.clock() / 1000,
      privateMetadata: view.private_metadata,
      state: view.state,
    };
    const handled = await submit?.(submission);
    await (handled?.answer === undefined ? ack() : ack(handled.answer));
    if (handled?.afterwards) await run(handled.afterwards, null);
  });

  return {
    router: receiver instanceof ExpressReceiver ? guarded(receiver, options) : null,
    async connect() {
      if (receiver instanceof SocketModeReceiver) await app.start();
    },
    async stop() {
      if (receiver instanceof SocketModeReceiver) await app.stop();
      await Promise.allSettled(underWay);
    },
  };

  /** Bolt would only log what goes wrong after the acknowledgement; a person needs to hear it. */
  async function run(work: () => Promise<void>, click: Click | null): Promise<void> {
    const running = work().catch(async (error: unknown) => {
      log.error({ error }, "click failed");
      await click?.tell(answers.failed).catch(() => undefined);
    });
    underWay.add(running);
    await running;
    underWay.delete(running);
  }

  function toClick(body: BlockAction, respond: Respond): Click {
    const [action] = body.actions;
    const isPrivate = body.container.is_ephemeral === true;
    const messageTs = isPrivate ? null : (body.message?.ts ?? body.container.message_ts ?? null);
    return {
      clicker: clickerOf(body.user),
      teamId: body.team?.id ?? null,
      channel: body.channel?.id ?? null,
      messageTs,
      at: Number(action?.action_ts ?? options.clock() / 1000),
      triggerId: body.trigger_id ?? null,
      values: [buttonValue(action), ...valuesIn(body.message?.blocks)],
      tell: (sentence, actions = null) => tell(body, respond, sentence, actions),
    };
  }

  async function tell(
    body: BlockAction,
    respond: Respond,
    sentence: string,
    actions: types.KnownBlock | null,
  ): Promise<void> {
    const text = escapeMrkdwn(sentence);
    const section: types.KnownBlock = {
      type: "section",
      text: { type: "plain_text", text: sentence, emoji: false },
    };
    const blocks = [section, ...(actions === null ? [] : [actions])];
    try {
      if (body.response_url) {
        await respond({ response_type: "ephemeral", replace_original: false, text, blocks });
      } else {
        const channel = body.channel?.id ?? options.channelId;
        await options.client.chat.postEphemeral({ channel, user: body.user.id, text, blocks });
      }
    } catch (error) {
      log.warn({ error }, "private answer not delivered");
    }
  }
}

type Respond = (message: {
  response_type: "ephemeral";
  replace_original: boolean;
  text: string;
  blocks: types.KnownBlock[];
}) => Promise<unknown>;

function guarded(receiver: ExpressReceiver, { clock, signatures, log }: EventsOptions): Router {
  const router = Router();
  router.post(endpoint, createRequestGuard(clock), (_request, response, next) => {
    // What comes here looks signed; whether it is, Bolt answers.
    response.once("finish", () => {
      if (response.statusCode !== 401) return signatures.accepted();
      signatures.refused();
      log.warn(
        {},
        "click refused: the signature is wrong; if Slack sent it, SLACK_SIGNING_SECRET is not this app's (api.slack.com/apps → your app → Basic Information)",
      );
    });
    next();
  });
  router.use(receiver.router);
  return router;
}

function clickerOf(user: { id: string; name?: string; username?: string; team_id?: string }) {
  return { id: user.id, name: user.name ?? user.username ?? user.id, teamId: user.team_id ?? null };
}

/** A button is its own action; of a menu the chosen entry is. */
function chosenAction(action: BlockAction["actions"][number]): string {
  return action.type === "overflow" ? action.selected_option.value : action.action_id;
}

function buttonValue(action: BlockAction["actions"][number] | undefined): string {
  return action !== undefined && "value" in action ? (action.value ?? "") : "";
}

/** What the buttons of the clicked message carry; never what is displayed. */
function valuesIn(blocks: unknown): string[] {
  if (!Array.isArray(blocks)) return [];
  return blocks
    .flatMap((block: { elements?: unknown }) =>
      Array.isArray(block.elements) ? block.elements : [],
    )
    .map((element: { value?: unknown }) => element.value)
    .filter((value) => typeof value === "string");
}
