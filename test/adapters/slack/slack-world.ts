import { expect } from "vitest";
import type { RememberedAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import type { AuditedSent, DecidedCard } from "../../../src/core/measures.ts";
import type { RememberedTurn } from "../../../src/core/ports.ts";
import type { Card, Draft, Hint, NoDraft, Outcome, ReviewReason } from "../../../src/core/types.ts";
import { type ServiceProcess, startService } from "../../e2e/service-process.ts";
import { startIntercomStandIn } from "../../stand-ins/intercom.ts";
import {
  asInPayload,
  type Block,
  type SlackMessage,
  signedEvent,
  signedRequest,
  startSlackStandIn,
} from "../../stand-ins/slack.ts";

export type SlackWorld = Awaited<ReturnType<typeof startSlackWorld>>;

/** Replicas of the reviews as processes, between Slack and Intercom, and people who click. */
export async function startSlackWorld(
  options: {
    replicas?: number;
    reviewers?: string[];
    scopes?: string[];
    reminderMinutes?: number;
    escalationGroup?: string;
    appToken?: string;
  } = {},
) {
  const [slack, intercom] = await Promise.all([
    startSlackStandIn(options.scopes === undefined ? {} : { scopes: options.scopes }),
    startIntercomStandIn({ rateLimit: 1_000_000 }),
  ]);
  const { botToken, signingSecret, channelId, apiUrl } = slack;
  const settings = {
    intercom: {
      baseUrl: intercom.baseUrl,
      accessToken: intercom.accessToken,
      adminId: intercom.adminId,
    },
    slack: { botToken, signingSecret, channelId, apiUrl, appToken: options.appToken ?? null },
    reviewers: options.reviewers ?? [],
    reminderMinutes: options.reminderMinutes ?? 0,
    escalationGroup: options.escalationGroup ?? null,
  };
  const start = () =>
    startService({ SETTINGS: JSON.stringify(settings) }, "test/adapters/slack/replica.ts");
  const replicas = await Promise.all(Array.from({ length: options.replicas ?? 1 }, start));

  const world = {
    slack,
    intercom,
    replica: (index = 0): ServiceProcess => {
      const found = replicas[index];
      if (found === undefined) throw new Error(`There is no replica ${index}`);
      return found;
    },
    async restart(index = 0) {
      replicas[index] = await start();
    },
    async state(index = 0) {
      const response = await fetch(`${world.replica(index).baseUrl}/test/state`);
      return (await response.json()) as {
        hints: Hint[];
        answers: RememberedAnswer[];
        turns: RememberedTurn[];
        decided: DecidedCard[];
        closed: string[];
        audited: AuditedSent[];
        health: { state: string; detail: string };
      };
    },
    /** A customer asks, and a draft for it waits for review. */
    async ask(
      more: Partial<Draft> = {},
      question = "How do I reset my password?",
      found: object[] = [],
    ) {
      const { conversationId, partId } = intercom.customerWrites(null, question, {
        name: "Ada Lovelace",
      });
      const outcome = await world.review(conversationId, more, { found });
      if (outcome.kind !== "in-review" || outcome.card === null) {
        throw new Error(`No card: ${JSON.stringify(outcome)}`);
      }
      return { conversationId, partId, ...placed(outcome.card) };
    },
    /** A customer asks, and the model has no draft for it. */
    async askWithoutDraft(noDraft: NoDraft, question = "All our invoices are gone!") {
      const { conversationId, partId } = intercom.customerWrites(null, question, {
        name: "Ada Lovelace",
      });
      const outcome = await instruct("review", { conversationId, noDraft });
      const named = / card=([^<\s]+)/.exec(world.notes(conversationId).at(-1) ?? "")?.[1] ?? "";
      return { conversationId, partId, outcome, cardId: named, ts: named.split("-").at(-1) ?? "" };
    },
    /** Posts card and note for what the customer wrote last. */
    async review(
      conversationId: string,
      more: Partial<Draft> = {},
      {
        replica = 0,
        reason = "low-confidence" as ReviewReason,
        found = [] as object[],
        noDraft = undefined as NoDraft | undefined,
      } = {},
    ): Promise<Outcome> {
      const told = { conversationId, reason, more, found, noDraft };
      return (await instruct("review", told, replica)) as Outcome;
    },
    /** An automatic reply was sent, and is one of those that are checked. @returns the card's place */
    async audit(reply: string) {
      const { conversationId } = intercom.customerWrites(null, "How long is the trial?");
      const { partId } = intercom.teammateWrites(conversationId, reply, {
        adminId: intercom.adminId,
      });
      await instruct("audit", { conversationId, replyId: partId, more: { reply } });
      const card = (await slack.messages()).at(-1);
      return { conversationId, replyId: partId, ts: card?.ts ?? "" };
    },
    /** What the notification about a teammate's answer or closing leads to. */
    closedElsewhere: (conversationId: string) => instruct("closed-elsewhere", { conversationId }),
    /** Presses a button of a card, as Slack would report it. */
    async click(ts: string, action: string, by: Partial<ClickChanges> = {}) {
      const message = by.message ?? (await slack.message(ts));
      const payload = await clickPayload(message, action, by);
      return post(payload, by.replica ?? 0);
    },
    clickPayload,
    post,
    /** Hands in a form. */
    async submit(view: Block, typed: Typed, by: { user?: string; replica?: number } = {}) {
      const payload = {
        type: "view_submission",
        team: { id: slack.teamId, domain: "example" },
        user: { id: by.user ?? slack.alice, name: "alice", team_id: slack.teamId },
        view: {
          ...view,
          id: "V1",
          team_id: slack.teamId,
          state: { values: formState(view, typed) },
        },
      };
      return post(payload, by.replica ?? 0);
    },
    /** Presses a button that opens a form. @returns the form as Slack hands it back */
    async openForm(ts: string, action: string, by: Partial<ClickChanges> = {}): Promise<Block> {
      const triggerId = await slack.triggerId(by.user ?? slack.alice);
      await world.click(ts, action, { ...by, triggerId });
      const call = () =>
        slack
          .callsOf("views.open")
          .find(({ arguments: { trigger_id } }) => trigger_id === triggerId);
      await eventually(() => expect(call()).toBeDefined());
      const view = call()?.arguments.view as Block;
      return { ...view, blocks: asInPayload(view.blocks) };
    },
    /** Somebody opens the app's home. @returns what it shows, once it does */
    async openHome(user: string): Promise<Block> {
      const before = slack.callsOf("views.publish").length;
      await world.event({
        type: "event_callback",
        team_id: slack.teamId,
        event: { type: "app_home_opened", user, tab: "home", channel: "D1", event_ts: "1.1" },
      });
      await eventually(() => expect(slack.callsOf("views.publish").length).toBeGreaterThan(before));
      const call = slack.callsOf("views.publish").at(-1);
      expect(call?.arguments.user_id).toBe(user);
      return call?.arguments.view as Block;
    },
    async event(payload: object) {
      const { headers, body } = signedEvent(signingSecret, payload);
      const url = `${world.replica().baseUrl}/slack/events`;
      const response = await fetch(url, { method: "POST", headers, body });
      return { status: response.status, body: await response.text() };
    },
    /** What we said to the customer, as Intercom holds it, oldest first. */
    replies: (conversationId: string) => bodies(conversationId, "comment"),
    notes: (conversationId: string) => bodies(conversationId, "note"),
    async stop() {
      await Promise.all(replicas.map((replica) => replica.kill()));
      await Promise.all([slack.stop(), intercom.stop()]);
    },
  };
  return world;

  async function clickPayload(
    message: SlackMessage,
    action: string,
    by: Partial<ClickChanges> = {},
  ): Promise<object> {
    const user = by.user ?? slack.alice;
    const element = elementOf(message.blocks, action);
    const blocks = asInPayload(message.blocks);
    const container = { type: "message", message_ts: message.ts, channel_id: slack.channelId };
    return {
      type: "block_actions",
      team: { id: slack.teamId, domain: "example" },
      user: {
        id: user,
        username: "somebody",
        name: "somebody",
        team_id: by.userTeam ?? slack.teamId,
      },
      container: { ...container, is_ephemeral: by.isPrivate ?? false },
      channel: { id: by.channel ?? slack.channelId, name: "reviews" },
      ...(by.isPrivate ? {} : { message: { ...message, type: "message", blocks } }),
      trigger_id: by.triggerId ?? (await slack.triggerId(user)),
      response_url: slack.responseUrl,
      actions: [
        {
          ...element,
          block_id: "b",
          action_ts: String(by.at ?? Date.now() / 1000),
          ...by.action,
        },
      ],
    };
  }

  async function instruct(what: string, body: object, replica = 0): Promise<unknown> {
    const response = await fetch(`${world.replica(replica).baseUrl}/test/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.json();
  }

  async function post(
    payload: object,
    replica = 0,
    changes: { timestamp?: string; signature?: string } = {},
  ) {
    const { headers, body } = signedRequest(signingSecret, payload, changes);
    const startedAt = Date.now();
    const url = `${world.replica(replica).baseUrl}/slack/events`;
    const response = await fetch(url, { method: "POST", headers, body });
    const text = await response.text();
    return { status: response.status, body: text, ms: Date.now() - startedAt };
  }

  function bodies(conversationId: string, type: string): string[] {
    return intercom
      .conversation(conversationId)
      .conversation_parts.conversation_parts.filter(
        (part) => part.part_type === type && part.author.id === intercom.adminId,
      )
      .map((part) => part.body ?? "");
  }
}

type ClickChanges = {
  user: string;
  userTeam: string;
  channel: string;
  replica: number;
  /** Unix seconds. */
  at: number;
  isPrivate: boolean;
  message: SlackMessage;
  triggerId: string;
  action: object;
};

/** By the fields' blocks: `text` and `choice` in most forms. */
type Typed = Record<string, string>;

/** The card's place, from its id. */
function placed(card: Card): { card: Card; ts: string } {
  return { card, ts: card.id.split("-").at(-1) ?? "" };
}

/** Everything that a card says, in one string. */
export function wordsOf(message: { blocks: Block[] }): string {
  return message.blocks
    .flatMap((block) => {
      if (block.type === "rich_text") return richWordsOf(block);
      return [block.text?.text, ...(block.elements ?? []).map(textIn)];
    })
    .filter((text) => typeof text === "string")
    .join("\n");
}

/** What rich text says, a line for each paragraph, item and quotation; links as Slack writes them. */
export function richWordsOf(block: Block): string {
  return (block.elements as Block[])
    .flatMap((part) => (part.type === "rich_text_list" ? part.elements : [part]))
    .map((part: Block) => (part.elements as Block[]).map(runIn).join(""))
    .join("\n");
}

function runIn({ type, url, text, format }: Block): string {
  if (type === "date") return `<${format}>`;
  return type === "link" ? `<${url}|${text}>` : text;
}

export function buttonsOf(message: { blocks: Block[] }): string[] {
  return message.blocks
    .filter(({ type }) => type === "actions")
    .flatMap(({ elements }) => elements.map((element: Block) => element.action_id));
}

export function elementOf(blocks: Block[], action: string): Block {
  const elements = blocks
    .filter(({ type }) => type === "actions")
    .flatMap((block) => block.elements as Block[]);
  const found = elements.find((element) => element.action_id === action);
  return found ?? { type: "button", action_id: action, value: "" };
}

/** Tries again until it holds; a condition, not a pause. */
export async function eventually(
  check: () => void | Promise<void>,
  timeoutMs = 15_000,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

function textIn(element: Block): unknown {
  return typeof element.text === "string" ? element.text : element.text?.text;
}

function formState(view: Block, typed: Typed): object {
  const values: Record<string, Record<string, object>> = {};
  for (const block of view.blocks as Block[]) {
    if (block.type !== "input") continue;
    const { action_id, type } = block.element;
    const value =
      type === "static_select"
        ? { type, selected_option: typed.choice === undefined ? null : { value: typed.choice } }
        : { type, value: typed[block.block_id] ?? null };
    values[block.block_id] = { [action_id]: value };
  }
  return values;
}
