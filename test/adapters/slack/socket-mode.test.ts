import { afterEach, expect, it } from "vitest";
import { appToken } from "../../stand-ins/slack.ts";
import { eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

let world: SlackWorld;
afterEach(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

it("takes clicks over Socket Mode, without a public address, and again after a lost connection", async () => {
  world = await startSlackWorld({ appToken });
  await eventually(() => expect(world.slack.connections()).toHaveLength(1));
  const { ts, conversationId } = await world.ask();
  const click = await world.clickPayload(await world.slack.message(ts), "review_approve");
  expect((await world.post(click)).status).toBe(404);

  const [connection] = world.slack.connections();
  connection?.close();
  await eventually(() => {
    expect(world.slack.connections()).not.toContain(connection);
    expect(world.slack.connections()).toHaveLength(1);
  });
  await world.slack.overSocket(click);
  await eventually(async () => expect(wordsOf(await world.slack.message(ts))).toMatch(/Sent\*/));
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("starts with a bad app token, and says so", async () => {
  world = await startSlackWorld({ appToken: "xapp-wrong" });
  await eventually(async () =>
    expect((await world.state()).health).toMatchObject({
      state: "failing",
      detail: expect.stringMatching(/check SLACK_APP_TOKEN/),
    }),
  );
  // Cards do not need the connection; only clicks do.
  await world.ask();
});
