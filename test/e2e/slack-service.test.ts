import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { buttonsOf, eventually, wordsOf } from "../adapters/slack/slack-world.ts";
import { answerObject } from "../stand-ins/openai.ts";
import { type SlackStandIn, startSlackStandIn } from "../stand-ins/slack.ts";
import { click, fillIn } from "./slack-clicks.ts";
import { secrets, startWorld, type World } from "./world.ts";

let world: World | null = null;
let slack: SlackStandIn;

afterEach(async () => {
  await world?.stop();
  expect(slack.problems).toEqual([]);
  await slack.stop();
});

async function start(changes: Record<string, string> = {}) {
  slack = await startSlackStandIn();
  world = await startWorld({
    REPLY_MODE: "review",
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
    ...changes,
  });
  return world;
}

const approve = (service: World, ts: string) => click(service, slack, ts, "review_approve");

it("asks in Slack, and sends what a person approves", async () => {
  const service = await start({ PUBLIC_URL: "https://responder.example" });
  const { conversationId } = await service.ask("How do I reset my password?");
  await eventually(() => expect(service.notes(conversationId)).toHaveLength(1));
  const [card] = await slack.messages();
  expect(wordsOf(card ?? { blocks: [] })).toContain("How do I reset my password?");
  const whyUrl = `https://responder.example/why/${conversationId}`;
  expect(JSON.stringify(card)).toContain(whyUrl);
  expect(service.notes(conversationId)[0]).toMatch(/waits for review <a href="http/);
  expect(service.replies(conversationId)).toEqual([]);

  expect(await approve(service, card?.ts ?? "")).toBe(200);
  await eventually(async () =>
    expect(wordsOf(await slack.message(card?.ts ?? ""))).toMatch(/Sent\*/),
  );
  expect(JSON.stringify(await slack.message(card?.ts ?? ""))).toContain(whyUrl);
  expect(service.replies(conversationId)).toHaveLength(1);
  expect(service.service().output()).not.toContain(slack.botToken);
});

it("closes the card when a teammate answers in Intercom", async () => {
  const service = await start();
  const { conversationId } = await service.ask("How do I reset my password?");
  await eventually(() => expect(service.notes(conversationId)).toHaveLength(1));
  const { partId } = service.intercom.teammateWrites(conversationId, "I have got this.");
  await service.deliver(partId, { topic: "conversation.admin.replied" });
  await eventually(async () => {
    const [card] = await slack.messages();
    expect(wordsOf(card ?? { blocks: [] })).toMatch(/Decided elsewhere/);
  });
});

it("empties the card of a customer who is to be forgotten", async () => {
  const service = await start({ REVIEW_REMINDER_MINUTES: "60" });
  const { conversationId } = await service.ask("How do I reset my password?");
  await eventually(() => expect(service.notes(conversationId)).toHaveLength(1));
  await eventually(async () => expect(await slack.scheduled()).toHaveLength(1));
  const { contacts } = service.intercom.conversation(conversationId);
  const contact = contacts.contacts[0]?.id ?? "";
  const response = await fetch(`${service.service().baseUrl}/memory?contact=${contact}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` },
  });
  expect(await response.json()).toMatchObject({ contact, cards: 1 });
  const [card] = await slack.messages();
  expect(buttonsOf(card ?? { blocks: [] })).toEqual([]);
  expect(wordsOf(card ?? { blocks: [] })).toMatch(/Removed: the customer is to be forgotten/);
  expect(JSON.stringify(card)).not.toMatch(/password|Ada/);
  expect(await slack.scheduled()).toEqual([]);
});

it("starts with a token that is bad, says so, and leaves notes instead of cards", async () => {
  const service = await start({ SLACK_BOT_TOKEN: "xoxb-wrong" });
  const ready = async () => {
    const response = await service.ready();
    return ((await response.json()) as { dependencies: Record<string, unknown> }).dependencies;
  };
  await eventually(async () =>
    expect((await ready()).slack).toMatchObject({
      state: "failing",
      detail: expect.stringMatching(/invalid_auth.*SLACK_BOT_TOKEN/),
    }),
  );
  const { conversationId } = await service.ask("How do I reset my password?");
  await eventually(() =>
    expect(service.notes(conversationId)[0]).toMatch(/could not be posted in Slack/),
  );
  expect(await slack.messages()).toEqual([]);
});

it("keeps a draft on a card when Intercom takes neither the reply nor a note, until it does", async () => {
  const service = await start({ REPLY_MODE: "auto", CONFIDENCE_THRESHOLD: "0" });
  service.intercom.setFault(({ method, path }) =>
    method === "POST" && path.endsWith("/reply")
      ? { kind: "status", status: 403, when: "before" }
      : null,
  );
  const { conversationId } = await service.ask("How do I reset my password?");
  await eventually(async () => expect(await slack.messages()).toHaveLength(1));
  const [card] = await slack.messages();
  expect(wordsOf(card ?? { blocks: [] })).toMatch(/took neither the reply nor a note/);
  await eventually(async () => {
    const ready = await service.ready();
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      dependencies: { "writing in intercom": { state: "failing" } },
    });
  });

  service.intercom.setFault(() => null);
  expect(await approve(service, card?.ts ?? "")).toBe(200);
  await eventually(() => expect(service.replies(conversationId)).toHaveLength(1));
  await eventually(async () => expect((await service.ready()).status).toBe(200));
});

it("has a sample of the automatic replies checked", async () => {
  const service = await start({
    REPLY_MODE: "auto",
    CONFIDENCE_THRESHOLD: "0",
    AUDIT_SAMPLE_PERCENT: "100",
  });
  const { conversationId } = await service.ask("How do I reset my password?");
  await eventually(() => expect(service.replies(conversationId)).toHaveLength(1));
  await eventually(async () => {
    const [card] = await slack.messages();
    expect(buttonsOf(card ?? { blocks: [] })).toContain("audit_good");
  });
});

it("asks for an answer in Slack where the model fails", async () => {
  const service = await start({ REPLY_MODE: "auto" });
  service.openai.failAlways({ kind: "status", status: 401 });
  const { conversationId } = await service.ask("All our invoices are gone!");
  await eventually(() => expect(service.notes(conversationId)).toHaveLength(1));
  const [card] = await slack.messages();
  const words = wordsOf(card ?? { blocks: [] });
  expect(words).toContain("A person needs to answer");
  expect(words).toContain("All our invoices are gone!");
  // For leads: what happened, but not which variable is wrong.
  expect(words).toContain("did not accept our key (401)");
  expect(words).not.toContain("OPENAI_API_KEY");
  expect(buttonsOf(card ?? { blocks: [] })).toContain("review_write");
  expect(service.notes(conversationId)[0]).toMatch(/outcome=in-review card=/);
  const ready = await service.ready();
  expect(JSON.stringify(await ready.json())).toContain("Check OPENAI_API_KEY.");
});

it("shows what was handed over where the policy says so, once, with nothing to decide", async () => {
  const directory = mkdtempSync(join(tmpdir(), "policy-"));
  const path = join(directory, "policy.yaml");
  writeFileSync(path, "mode: auto\nhand_off: { to: { team: 12 }, in_slack: true }");
  const service = await start({ POLICY_FILE: path });
  service.openai.answers(() => answerObject({ summary: "Ada wants a human." }));
  const { conversationId } = await service.ask("Can I talk to a human?");
  await eventually(async () => expect(await slack.messages()).toHaveLength(1), 15_000);
  const [card] = await slack.messages();
  expect(wordsOf(card ?? { blocks: [] })).toMatch(/Handed over to people.*Ada wants a human\./s);
  expect(buttonsOf(card ?? { blocks: [] })).toEqual(["review_open"]);

  writeFileSync(path, "mode: auto\nhand_off: { to: { team: 12 } }");
  const other = await service.ask("Can I talk to a human?");
  await eventually(() =>
    expect(service.intercom.conversation(other.conversationId).team_assignee_id).toBe(12),
  );
  await eventually(() =>
    expect(service.service().output().split('"handed-over"').length).toBeGreaterThan(2),
  );
  expect(await slack.messages()).toHaveLength(1);
  expect(service.notes(conversationId)).toHaveLength(1);
  rmSync(directory, { recursive: true });
});

it("has the channel reminded where a draft lacks something, fills it in, and sends the reply", async () => {
  const directory = mkdtempSync(join(tmpdir(), "policy-"));
  const path = join(directory, "policy.yaml");
  writeFileSync(
    path,
    "mode: review\nmissing_facts: { after_minutes: 45, then: remind }\nlabel: { outcome: { tag: 'AI ' } }",
  );
  const service = await start({ POLICY_FILE: path });
  for (const outcome of ["in review", "replied"]) service.intercom.makeTag(`AI ${outcome}`);
  const labels = (id: string) =>
    service.intercom.conversation(id).tags.tags.map(({ name }: { name: string }) => name);
  const lacking = { reply: "I do not know.", missing_facts: ["When does it end?"] };
  service.openai.answers(({ messages }) => {
    const fact = /When does it end\? (.*)/.exec(messages.at(-1)?.content ?? "")?.[1];
    return answerObject(fact === undefined ? lacking : { reply: `It ends ${fact}` });
  });
  const { conversationId } = await service.ask("When does my contract end?");
  await eventually(async () => expect(await slack.scheduled()).toHaveLength(1), 15_000);
  await eventually(() => expect(labels(conversationId)).toEqual(["AI in review"]));
  const [card] = await slack.messages();
  const ts = card?.ts ?? "";
  await fillIn(service, slack, ts, { action: "review_fill_in", text: "on 31 March." });
  await eventually(async () =>
    expect(wordsOf(await slack.message(ts))).toContain("It ends on 31 March."),
  );
  expect(await approve(service, ts)).toBe(200);
  await eventually(() =>
    expect(service.replies(conversationId)).toEqual(["<p>It ends on 31 March.</p>"]),
  );
  await eventually(async () => expect(await slack.scheduled()).toEqual([]));
  await eventually(() => expect(labels(conversationId)).toEqual(["AI replied"]));
  rmSync(directory, { recursive: true });
});
