import { afterEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { type SlackStandIn, startSlackStandIn } from "../stand-ins/slack.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let slack: SlackStandIn;
const patienceMs = 30_000;
afterEach(async () => {
  await world.stop();
  await slack.stop();
});

/** The days around now, so that midnight may come: whichever it is, the digest is due once. */
const today = () => new Date().toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });

async function start(scopes: string[]): Promise<void> {
  slack = await startSlackStandIn({
    scopes: ["chat:write", "reactions:write", "users:read", ...scopes],
  });
  world = await startWorld({
    WEEKLY_DIGEST: `${today()} 00:00`,
    PUBLIC_URL: "https://support.example.com",
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
  });
}
const digests = async () =>
  (await slack.messages()).filter(({ text }) => text?.includes("In the last seven days"));

it("tells the channel with a picture, and once, also over a restart", {
  timeout: 90_000,
}, async () => {
  await start(["files:write"]);
  await eventually(
    () => expect(slack.callsOf("files.completeUploadExternal")).toHaveLength(1),
    patienceMs,
  );
  const [completed] = slack.callsOf("files.completeUploadExternal");
  expect(completed?.arguments).toMatchObject({ channel_id: slack.channelId });
  const said = String(completed?.arguments.initial_comment);
  expect(said).toContain("In the last seven days no customer's message was answered.");
  expect(said).toContain("https://support.example.com/insight");
  const [asked] = slack.callsOf("files.getUploadURLExternal");
  expect(asked?.arguments.alt_text).toContain("Bars of customers' turns by day");

  await world.service().kill();
  await world.restart();
  const { conversationId } = await world.ask("How do I log in? confidence=0.95");
  await eventually(() => expect(world.replies(conversationId)).toHaveLength(1), patienceMs);
  expect(slack.callsOf("files.completeUploadExternal")).toHaveLength(1);
});

it("tells it in words alone where the app may not post pictures", { timeout: 60_000 }, async () => {
  await start([]);
  await eventually(async () => expect(await digests()).toHaveLength(1), patienceMs);
  expect(world.service().output()).toContain("files:write");
});
