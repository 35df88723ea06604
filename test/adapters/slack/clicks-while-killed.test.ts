import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRandom } from "../../soak/random.ts";
import { buttonsOf, eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

// Clicks on a replica that is being killed, at any moment of what follows a click; another replica
// takes what people do next. `KILLED_CLICKS=200` does more of it, `SOAK_SEED` the same once more.

const times = Number(process.env.KILLED_CLICKS ?? 5);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const longestMs = 250;

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld({ replicas: 2 });
});
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const inTwoMinutes = () => ({ at: Date.now() / 1000 + 121, user: world.slack.bob, replica: 1 });

/** What somebody does who sees the card: press what is there to press. */
async function pressOn(ts: string): Promise<void> {
  const card = await world.slack.message(ts);
  const buttons = buttonsOf(card);
  if (buttons.includes("review_check")) {
    await world.click(ts, "review_check", inTwoMinutes());
    return;
  }
  if (!buttons.includes("review_approve")) return;
  const told = world.slack.told.length;
  await world.click(ts, "review_approve", { user: world.slack.bob, replica: 1 });
  // Who comes too late is told so, with a way out for a verdict that got stuck.
  await pause(300);
  const wayOut = world.slack.told.slice(told).at(-1);
  if (
    wayOut === undefined ||
    !buttonsOf({ blocks: wayOut.blocks ?? [] }).includes("review_check")
  ) {
    return;
  }
  const message = { ts: "1.1", text: "", blocks: wayOut.blocks ?? [] };
  await world.click("", "review_check", { message, isPrivate: true, ...inTwoMinutes() });
}

it("one click, one reply, whenever the replica dies", {
  timeout: 60_000 + times * 20_000,
}, async () => {
  const random = createRandom(seed);
  const isSent = async (ts: string) => /Sent\*/.test(wordsOf(await world.slack.message(ts)));
  let unfinished = 0;
  for (let time = 0; time < times; time++) {
    const { ts, conversationId } = await world.ask();
    const clicking = world.click(ts, "review_approve").catch(() => undefined);
    const afterMs = random.between(0, longestMs);
    await pause(afterMs);
    await world.replica(0).kill();
    await Promise.all([clicking, world.restart(0)]);
    if (!(await isSent(ts))) unfinished += 1;
    await eventually(async () => {
      if (!(await isSent(ts))) await pressOn(ts);
      expect(await isSent(ts), `killed after ${afterMs} ms, seed ${seed}`).toBe(true);
    }, 20_000);
    expect(world.replies(conversationId), `killed after ${afterMs} ms, seed ${seed}`).toHaveLength(
      1,
    );
  }
  process.stdout.write(`killed clicks: ${JSON.stringify({ seed, times, unfinished })}\n`);
});
