import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buttonsOf, eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld();
});
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const cardShows = (ts: string, words: string | RegExp) =>
  eventually(async () => expect(wordsOf(await world.slack.message(ts))).toMatch(words));

describe("approve", () => {
  it("sends the draft once and says by whom", async () => {
    const { ts, conversationId } = await world.ask();
    const { status } = await world.click(ts, "review_approve");
    expect(status).toBe(200);
    await cardShows(ts, /Sent.*approved by <@/);
    expect(world.replies(conversationId)).toHaveLength(1);
    expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
  });
});
