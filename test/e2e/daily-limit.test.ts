import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { type SlackStandIn, startSlackStandIn } from "../stand-ins/slack.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let slack: SlackStandIn;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "policy-"));
  const path = join(directory, "policy.yaml");
  writeFileSync(path, "mode: auto\ndaily_limit: { replies: 1 }");
  slack = await startSlackStandIn();
  world = await startWorld({
    POLICY_FILE: path,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
  });
});
afterEach(async () => {
  await world.stop();
  await slack.stop();
  rmSync(directory, { recursive: true });
});

const texts = async () => (await slack.messages()).map(({ text }) => text ?? "");

it("sends as many replies as a day has, tells the channel once, and then asks people", async () => {
  const first = await world.ask("How do I log in?");
  await eventually(() => expect(world.replies(first.conversationId)).toHaveLength(1));
  await eventually(async () =>
    expect(await texts()).toEqual([expect.stringContaining("1 automatic replies")]),
  );

  const second = await world.ask("How do I log out?");
  await eventually(() => expect(world.notes(second.conversationId)).toHaveLength(1));
  expect(world.replies(second.conversationId)).toEqual([]);
  expect(world.notes(second.conversationId)[0]).toContain("What may go out by itself on one day");

  await world.service().kill();
  await world.restart();
  const third = await world.ask("How do I change my colours?");
  await eventually(() => expect(world.notes(third.conversationId)).toHaveLength(1), 15_000);
  expect(world.replies(third.conversationId)).toEqual([]);
  expect((await texts()).filter((text) => text.includes("daily_limit"))).toHaveLength(1);
});
