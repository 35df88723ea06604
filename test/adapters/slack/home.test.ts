import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { homeView } from "../../../src/adapters/slack/home-view.ts";
import type { KnowledgeToDo } from "../../../src/core/learning/keeping-true.ts";
import { limitsBroken } from "../../stand-ins/slack/block-limits.ts";
import { eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld();
});
afterEach(() => world.intercom.setFault(() => null));
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const home = async (user = world.slack.alice) =>
  wordsOf((await world.openHome(user)) as { blocks: [] });

it("answers Slack's question whether the address is ours", async () => {
  const { status, body } = await world.event({ type: "url_verification", challenge: "abc" });
  expect({ status, challenge: JSON.parse(body).challenge }).toEqual({
    status: 200,
    challenge: "abc",
  });
});

it("shows no customer to a guest", async () => {
  await world.ask({}, "My secret question");
  const words = await home(world.slack.guest);
  expect(words).toContain("This page shows customers' questions to the people who decide");
  expect(words).not.toContain("secret");
});

it("says that Intercom cannot be read, and tries again next time", async () => {
  world.intercom.setFault(() => ({ kind: "status", status: 403, when: "before" }));
  expect(await home()).toContain("Intercom could not be read");
  world.intercom.setFault(() => null);
  expect(await home()).toContain("My secret question");
});

it("shows what waits with the way to its card, and who decided what", async () => {
  await world.stop();
  world = await startSlackWorld();
  const sent = await world.ask({}, "How do I pay?");
  await world.click(sent.ts, "review_approve");
  const rejected = await world.ask({}, "Where is <!channel> *my* money?");
  await world.submit(await world.openForm(rejected.ts, "review_reject"), {});
  const taken = await world.ask({}, "Who answers me?");
  world.intercom.teammateWrites(taken.conversationId, "I do.");
  const open = await world.ask({}, "How do I export?");
  const isSettled = async () => expect((await world.state()).answers).toHaveLength(2);
  await eventually(isSettled);

  const words = await home();
  expect(words).toContain("2 customers wait for a decision");
  expect(words).toMatch(/archives.*\|Ada Lovelace> · <\{ago\}> · How do I export\?/);
  expect(words).toContain(open.ts.replace(".", ""));
  expect(words).toContain("Where is <!channel> *my* money? a person needs to answer");
  expect(words).not.toMatch(/How do I pay|Who answers me/);
  expect(words).toContain("Alice Reviewer: 1 sent, 1 rejected");
});

it("says what of the knowledge is to be looked at, and leads there", () => {
  const overview = { waiting: [], notLookedAt: 0, decided: [] };
  const shown = (toDo: KnowledgeToDo | null, memoryUrl: string | null) =>
    wordsOf(homeView(overview, 0, () => "", { toDo, memoryUrl }));
  const toDo = { overtaken: 2, contradictions: 1, suggested: 0 };
  const url = "https://responder.example/memory";
  expect(shown(toDo, url)).toMatch(
    /2 remembered answers still say .*; one pair of articles contradicts each other\. <.*\/memory\?show=disagreeing\|Look at it>/,
  );
  expect(shown({ ...toDo, overtaken: 0, contradictions: 0, suggested: 3 }, url)).toContain(
    `${url}?show=suggested`,
  );
  expect(shown(toDo, null)).toMatch(/contradicts each other\.$/m);
  const nothing = { overtaken: 0, contradictions: 0, suggested: 0 };
  for (const none of [null, nothing]) expect(shown(none, url)).not.toContain("knowledge");
});

it("keeps Slack's limits however much waits, and says what was left out", () => {
  const card = (index: number) => ({
    cardId: `C1-${index}.1`,
    customerName: "&<>".repeat(500),
    asked: "&<>".repeat(500),
    since: index * 1000,
    needsAnswer: index % 2 === 0,
    conversationUrl: `https://app.intercom.com/${"x".repeat(900)}`,
  });
  const waiting = Array.from({ length: 200 }, (_, index) => card(index));
  const decided = waiting.map(({ asked }) => ({ by: asked, sent: 1, rejected: 0 }));
  const view = homeView(
    { waiting, notLookedAt: 7, decided },
    3_700_000,
    (one) => one.conversationUrl,
  );
  expect(limitsBroken({ kind: "view", ...view })).toEqual([]);
  expect(wordsOf(view)).toContain("7 more conversations wait");
  expect(wordsOf(view)).toContain("For more than an hour");
});
