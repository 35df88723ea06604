import { expect } from "vitest";
import { elementOf, eventually } from "../adapters/slack/slack-world.ts";
import { asInPayload, type Block, type SlackStandIn, signedRequest } from "../stand-ins/slack.ts";
import type { World } from "./world.ts";

/** Alice presses a button of a card. @returns the status that Slack gets */
export async function click(
  world: World,
  slack: SlackStandIn,
  ts: string,
  action: string,
  triggerId?: string,
): Promise<number> {
  const message = await slack.message(ts);
  return deliver(world, slack, {
    type: "block_actions",
    team: { id: slack.teamId },
    user: { id: slack.alice, name: "alice", team_id: slack.teamId },
    container: { type: "message", message_ts: ts, channel_id: slack.channelId },
    channel: { id: slack.channelId },
    message: { ...message, type: "message", blocks: asInPayload(message.blocks) },
    trigger_id: triggerId ?? (await slack.triggerId(slack.alice)),
    response_url: slack.responseUrl,
    actions: [{ ...elementOf(message.blocks, action), action_ts: String(Date.now() / 1000) }],
  });
}

/** Alice opens a form with a button, types into its only field and hands it in. */
export async function fillIn(
  world: World,
  slack: SlackStandIn,
  ts: string,
  { action, text }: { action: string; text: string },
): Promise<void> {
  const triggerId = await slack.triggerId(slack.alice);
  await click(world, slack, ts, action, triggerId);
  const opened = () =>
    slack.callsOf("views.open").find(({ arguments: { trigger_id } }) => trigger_id === triggerId);
  await eventually(() => expect(opened()).toBeDefined(), 20_000);
  const view = opened()?.arguments.view as Block;
  const { block_id, element } = (view.blocks as Block[]).find(({ type }) => type === "input") ?? {};
  const values = { [block_id]: { [element.action_id]: { type: element.type, value: text } } };
  await deliver(world, slack, {
    type: "view_submission",
    team: { id: slack.teamId },
    user: { id: slack.alice, name: "alice", team_id: slack.teamId },
    view: { ...view, blocks: asInPayload(view.blocks), id: "V1", state: { values } },
  });
}

async function deliver(world: World, slack: SlackStandIn, payload: object): Promise<number> {
  const { headers, body } = signedRequest(slack.signingSecret, payload);
  const url = `${world.service().baseUrl}/slack/events`;
  const response = await fetch(url, { method: "POST", headers, body });
  await response.arrayBuffer();
  return response.status;
}
