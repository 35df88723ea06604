import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, type SlackWorld, startSlackWorld } from "./slack-world.ts";

let world: SlackWorld;
let payload: object;
beforeAll(async () => {
  world = await startSlackWorld({ reviewers: ["UNAMED0001"] });
  const { ts } = await world.ask();
  payload = await world.clickPayload(await world.slack.message(ts), "review_approve");
});
afterAll(async () => {
  expect(world.slack.callsOf("reactions.add")).toEqual([]);
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const secondsFromNow = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);

it.each([
  ["an old timestamp", { timestamp: secondsFromNow(-310) }],
  ["a future timestamp", { timestamp: secondsFromNow(3_600) }],
  ["a timestamp that is none", { timestamp: "soon" }],
  ["an empty timestamp", { timestamp: "" }],
  ["an empty signature", { signature: "" }],
  ["a wrong signature", { signature: `v0=${"0".repeat(64)}` }],
  ["a cut signature", { signature: "v0=1234" }],
])("refuses a click with %s", async (_what, changes) => {
  expect((await world.post(payload, 0, changes)).status).toBe(401);
});

it.each<[string, object]>([
  ["no action", { type: "block_actions", actions: [] }],
  ["an action that is none", { type: "block_actions", actions: null }],
  ["no user", { type: "block_actions", actions: [{ type: "button", action_id: "x" }] }],
])("answers a signed payload with %s as what it is: not understood", async (_what, malformed) => {
  expect((await world.post(malformed)).status).toBe(400);
});

it("refuses a signature of another version", async () => {
  const { status } = await world.post(payload, 0, { signature: `v9=${"0".repeat(64)}` });
  expect(status).toBe(401);
});

it("tells somebody who is not among SLACK_REVIEWERS, and does nothing", async () => {
  expect((await world.post(payload)).status).toBe(200);
  await eventually(() =>
    expect(world.slack.told.at(-1)?.text).toMatch(/not among the people who may decide/),
  );
});

it("writes neither secrets nor customers' texts into the log", () => {
  const output = world.replica().output();
  for (const secret of [
    world.slack.botToken,
    world.slack.signingSecret,
    "How do I reset my password?",
    "Hi Ada, open the reset page",
    "Ada Lovelace",
  ]) {
    expect(output).not.toContain(secret);
  }
});
