import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually, wordsOf } from "../adapters/slack/slack-world.ts";
import { type SlackStandIn, startSlackStandIn } from "../stand-ins/slack.ts";
import { command, installation, removeInstallations, verdict } from "./proving-commands.ts";
import { click, fillIn } from "./slack-clicks.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let slack: SlackStandIn;
let directory: string;
let dataDir: string;
const patienceMs = 30_000;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "policy-"));
  slack = await startSlackStandIn();
  dataDir = await installation(Array.from({ length: 150 }, (_, index) => verdict(index)));
});
afterEach(async () => {
  await world.stop();
  await slack.stop();
  rmSync(directory, { recursive: true });
  removeInstallations();
});

async function start(policy: string): Promise<void> {
  const path = join(directory, "policy.yaml");
  writeFileSync(path, policy);
  world = await startWorld({
    POLICY_FILE: path,
    DATA_DIR: dataDir,
    MEM0_API_KEY: "",
    AUDIT_SAMPLE_PERCENT: "100",
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
  });
}

const moves = () => JSON.parse(readFileSync(join(dataDir, "ladder.json"), "utf8")).moves;
const cardWith = async (words: RegExp, count = 1): Promise<string> => {
  let found: string[] = [];
  await eventually(async () => {
    // What is told in the channel is a text without blocks.
    const cards = (await slack.messages()).filter(({ blocks }) => blocks !== undefined);
    found = cards.filter((card) => words.test(wordsOf(card))).map(({ ts }) => ts);
    expect(found).toHaveLength(count);
  }, patienceMs);
  return found.at(-1) ?? "";
};
const replied = (conversationId: string) =>
  eventually(() => expect(world.replies(conversationId)).toHaveLength(1), patienceMs);
const reviewed = async (conversationId: string) => {
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1), patienceMs);
  expect(world.notes(conversationId)[0]).toContain("have not earned automatic replies yet");
  expect(world.replies(conversationId)).toEqual([]);
};

it("lets a topic go out by itself when a person confirms it, and takes it back when audits find too much", {
  timeout: 180_000,
}, async () => {
  await start("mode: auto\nladder: { target: 95 }");
  const question = await cardWith(/150 decisions, 0 wrong; e-value \d+ of 40 needed/);
  expect(wordsOf(await slack.message(question))).toContain("May replies on “question · en”");

  const before = await world.ask("How do I log in? confidence=0.95");
  await reviewed(before.conversationId);

  expect(await click(world, slack, question, "ladder_let_go")).toBe(200);
  await cardWith(/They go out by themselves\*, says/);
  expect(moves()).toMatchObject([
    { intent: "question", language: "en", to: "asked", by: null },
    { to: "automatic", by: expect.stringMatching(/Alice/), evidence: { decisions: 150, wrong: 0 } },
  ]);
  const { output } = await command("ladder", dataDir, [], world.settings);
  expect(output).toMatch(
    /question · en: automatic \(earned\), goes out by itself since .* \(let by Alice/,
  );

  await world.service().kill();
  await world.restart();
  // Four wrong ones raise the alarm; each is seen by a person in Slack.
  for (let count = 1; count <= 4; count++) {
    const asked = await world.ask(`How do I log in from place ${count}? confidence=0.95`);
    await replied(asked.conversationId);
    const card = await cardWith(new RegExp(`Already sent[\\s\\S]*from place ${count}\\?`));
    expect((await slack.messages()).some(({ text }) => text?.includes("no longer"))).toBe(false);
    await fillIn(world, slack, card, {
      action: "audit_wrong",
      text: `Place ${count}: use the key.`,
    });
    await cardWith(/Wrong\*, says/, count);
  }
  await eventually(async () => {
    const texts = (await slack.messages()).map(({ text }) => text ?? "");
    expect(texts.filter((text) => text.includes("no longer go out by themselves"))).toEqual([
      expect.stringContaining("“question · en”"),
    ]);
  }, patienceMs);
  expect(moves().at(-1)).toMatchObject({
    to: "review",
    by: null,
    evidence: { audits: { wrong: 4 } },
  });

  const after = await world.ask("How do I log out? confidence=0.95");
  await reviewed(after.conversationId);
});

it("asks nobody where the policy lets it rise alone, and tells it", {
  timeout: 60_000,
}, async () => {
  await start("mode: auto\nladder: { promote: alone }");
  await eventually(async () => {
    const [told] = await slack.messages();
    expect(told?.text).toMatch(/“question · en” go out by themselves.*150 decisions, 0 wrong/);
  }, patienceMs);
  const asked = await world.ask("How do I log in? confidence=0.95");
  await replied(asked.conversationId);
  expect(moves()).toMatchObject([{ to: "automatic", by: null }]);
});

it("leaves a topic in review that a person puts off, and asks about it no more", {
  timeout: 60_000,
}, async () => {
  await start("mode: auto\nladder: { target: 95 }");
  const question = await cardWith(/May replies on/);
  await click(world, slack, question, "ladder_put_off");
  await cardWith(/Not yet\*, says/);
  const asked = await world.ask("How do I log in? confidence=0.95");
  await reviewed(asked.conversationId);
  await world.service().kill();
  await world.restart();
  const next = await world.ask("How do I log out? confidence=0.95");
  await reviewed(next.conversationId);
  await eventually(() => expect(world.service().logged("connected to Slack")).toHaveLength(1));
  expect((await slack.messages()).filter(({ text }) => text?.includes("May replies on"))).toEqual(
    [],
  );
});
