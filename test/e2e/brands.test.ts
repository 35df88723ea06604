import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reviewReasons } from "../../src/core/judging/wording.ts";
import { eventually, wordsOf } from "../adapters/slack/slack-world.ts";
import { answerObject } from "../stand-ins/openai.ts";
import { type SlackStandIn, startSlackStandIn } from "../stand-ins/slack.ts";
import { click } from "./slack-clicks.ts";
import { secrets, startWorld, type World } from "./world.ts";

// Two brands in one workspace, each with a folder of its own, through the real service.

const patienceMs = 60_000;
const folder = mkdtempSync(join(tmpdir(), "brands-"));
const question = "How much does the Team plan cost?";
const prices = { Acme: "12 €", Beta: "15 €" };
const says = (brand: keyof typeof prices) => `The Team plan costs ${prices[brand]} a month.`;

let slack: SlackStandIn;
let world: World;

beforeAll(async () => {
  for (const brand of ["Acme", "Beta"] as const) {
    mkdirSync(join(folder, brand));
    writeFileSync(join(folder, brand, "prices.md"), `# Cost of the Team plan\n\n${says(brand)}\n`);
  }
  const policy = join(folder, "policy.yaml");
  writeFileSync(
    policy,
    `mode: auto
sources:
  acme: { from: ${folder}/Acme, brands: [Acme] }
  beta: { from: ${folder}/Beta, brands: [Beta] }
`,
  );
  slack = await startSlackStandIn();
  world = await startWorld({
    POLICY_FILE: policy,
    MEM0_API_KEY: "",
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
  });
  await eventually(async () => {
    const { knowledge } = (await (await world.ready()).json()) as { knowledge: object[] };
    expect(knowledge).toMatchObject([{ state: "read" }, { state: "read" }]);
  }, patienceMs);
}, 120_000);
afterAll(async () => {
  await world.stop();
  await slack.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The price that the model states where its sources have it, from the first that does. */
function modelStates(brand: keyof typeof prices) {
  world.openai.answers(({ messages }) => {
    const sources = (messages.at(-1)?.content ?? "").split("<source number=").slice(1);
    const at = sources.findIndex((source) => source.includes(says(brand)));
    return at === -1
      ? answerObject({ reply: "I do not know.", confidence: 0.1 })
      : answerObject({ reply: says(brand), confidence: 0.99, used_sources: [at + 1] });
  });
}

/** A new customer asks what it costs, in a conversation of that brand. */
async function asks(brand: string | null) {
  const { conversationId, partId } = world.intercom.customerWrites(null, question, { name: "Ada" });
  const conversation = world.intercom.conversation(conversationId);
  world.intercom.import({
    ...conversation,
    ...(brand === null ? {} : { custom_attributes: { Brand: brand } }),
  });
  expect(await world.deliver(partId)).toBe(200);
  return conversationId;
}

/** All that the model was shown since. */
const shownSince = (count: number) => JSON.stringify(world.openai.requests.slice(count));

const cardOf = async (conversationId: string) => {
  const cards = await slack.messages();
  return cards.find((card) => JSON.stringify(card).includes(conversationId));
};

describe("two brands in one workspace", { timeout: 180_000 }, () => {
  it.each(["Acme", "Beta"] as const)(
    "tell a customer of %s its own price by itself",
    async (brand) => {
      const other = brand === "Acme" ? "Beta" : "Acme";
      modelStates(brand);
      const before = world.openai.requests.length;
      const conversationId = await asks(brand);
      await eventually(() => {
        expect(world.replies(conversationId)).toEqual([expect.stringContaining(prices[brand])]);
      }, patienceMs);
      expect(shownSince(before)).not.toContain(says(other));
    },
  );

  it("never tell the other one's price, however sure the model would be of it", async () => {
    modelStates("Beta");
    const before = world.openai.requests.length;
    const conversationId = await asks("Acme");
    await eventually(async () => expect(await cardOf(conversationId)).toBeDefined(), patienceMs);
    expect(world.replies(conversationId)).toEqual([]);
    expect(shownSince(before)).toContain(says("Acme"));
    expect(shownSince(before)).not.toContain(says("Beta"));
  });

  it("ask a person where the brand is unknown, and what is approved is no answer for the other one", async () => {
    modelStates("Acme");
    const conversationId = await asks(null);
    await eventually(async () => expect(await cardOf(conversationId)).toBeDefined(), patienceMs);
    const card = await cardOf(conversationId);
    expect(wordsOf(card ?? { blocks: [] })).toContain(reviewReasons["for-whom-unknown"]);
    expect(JSON.stringify(card)).toContain("brand Acme");
    expect(world.replies(conversationId)).toEqual([]);

    expect(await click(world, slack, card?.ts ?? "", "review_approve")).toBe(200);
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1), patienceMs);
    const kept = async () => {
      const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
      const response = await fetch(`${world.service().baseUrl}/memory`, { headers });
      return ((await response.json()) as { answers: object[] }).answers;
    };
    await eventually(async () => {
      expect(await kept()).toMatchObject([{ answer: says("Acme"), forWhom: { brands: ["Acme"] } }]);
    }, patienceMs);

    // Recalled for whom its source is.
    const first = world.openai.requests.length;
    const ofAcme = await asks("Acme");
    await eventually(() => expect(world.replies(ofAcme)).toHaveLength(1), patienceMs);
    expect(shownSince(first)).toContain("kind: answer given to another customer before");

    const second = world.openai.requests.length;
    const ofBeta = await asks("Beta");
    await eventually(async () => expect(await cardOf(ofBeta)).toBeDefined(), patienceMs);
    expect(world.replies(ofBeta)).toEqual([]);
    expect(shownSince(second)).toContain(says("Beta"));
    expect(shownSince(second)).not.toContain(says("Acme"));
  });
});
