import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, wordsOf } from "../adapters/slack/slack-world.ts";
import { type SlackStandIn, startSlackStandIn } from "../stand-ins/slack.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { startWorld, type World } from "./world.ts";

// SIGKILL before and after everything that a journey writes to Intercom and Slack, one after the other. What the other
// side did is done, and nobody hears of it.

type When = "before" | "after";
type Write = "the reply" | "the card" | "the note" | "the assignment";
type Journey = { question: string; writes: Write[] };

const journeys: Record<string, Journey> = {
  reply: {
    question: "How do I reset my password? confidence=0.95",
    writes: ["the reply"],
  },
  review: { question: "How do I export it? confidence=0.3", writes: ["the card", "the note"] },
  "hand-off": { question: "Can I talk to a human?", writes: ["the note", "the assignment"] },
};

let world: World;
let slack: SlackStandIn;
let service: ServiceProcess;
let directory: string;
/** The next write of that kind, of that conversation, is the last that the process does. */
let armed: { write: Write; when: When; conversationId: string } | null = null;
let kills = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "kills-"));
  const policy = join(directory, "policy.yaml");
  writeFileSync(policy, "mode: auto\nhand_off: { to: { team: 12 } }");
  slack = await startSlackStandIn();
  world = await startWorld({
    POLICY_FILE: policy,
    SWEEP_INTERVAL_SECONDS: "1",
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
  });
  await world.service().kill();
  world.intercom.setFault(({ method, path, body }) => {
    const [, id, action] = /^\/conversations\/(\d+)\/(reply|parts)$/.exec(path) ?? [];
    if (method !== "POST" || id === undefined) return null;
    const said = Object(body).message_type === "note" ? "the note" : "the reply";
    const when = dies(action === "parts" ? "the assignment" : said, id);
    return when === null ? null : { kind: "drop", when };
  });
  slack.setFault(({ method, arguments: { blocks } }) => {
    const id = /conversation\/(\d+)/.exec(JSON.stringify(blocks ?? ""))?.[1] ?? "";
    const when = method === "chat.postMessage" ? dies("the card", id) : null;
    return when === null ? null : { kind: "drop", when };
  });
  service = await start();
});

afterAll(async () => {
  await service.kill();
  await world.stop();
  await slack.stop();
  rmSync(directory, { recursive: true });
});

/** The service with short waits. */
const start = () => startService(world.settings, "test/soak/replica.ts");

function dies(write: Write, conversationId: string): When | null {
  if (armed?.write !== write || armed.conversationId !== conversationId) return null;
  const { when } = armed;
  armed = null;
  kills += 1;
  void service.kill();
  return when;
}

const partsOf = (conversationId: string) =>
  world.intercom
    .conversation(conversationId)
    .conversation_parts.conversation_parts.map(({ part_type, body }) => ({ part_type, body }));
const typesOf = (conversationId: string) =>
  partsOf(conversationId).map(({ part_type }) => part_type);

it("every turn has exactly one outcome, wherever the process dies", {
  timeout: 240_000,
}, async () => {
  const asked: { kind: string; write: Write; when: When; conversationId: string }[] = [];
  for (const [kind, { question, writes }] of Object.entries(journeys)) {
    for (const write of writes) {
      for (const when of ["before", "after"] as const) {
        const { conversationId, partId } = world.intercom.customerWrites(null, question);
        armed = { write, when, conversationId };
        asked.push({ kind, write, when, conversationId });
        await world.deliver(partId, {}, service);
        await eventually(
          () => expect(kills, `${kind}: ${when} ${write}`).toBe(asked.length),
          20_000,
        );
        service = await start();
        // The next death must not come between this one's card and its note.
        if (kind === "review") {
          await eventually(() => expect(typesOf(conversationId)).toEqual(["note"]), 30_000);
        }
      }
    }
  }
  expect(kills).toBe(10);

  const expected: Record<string, string[]> = {
    reply: ["comment"],
    review: ["note"],
    "hand-off": ["note", "assignment"],
  };
  const outcomes = () =>
    asked.map(({ kind, write, when, conversationId }) => ({
      death: `${kind}: ${when} ${write}`,
      parts: typesOf(conversationId),
    }));
  const wanted = asked.map(({ kind, write, when }) => ({
    death: `${kind}: ${when} ${write}`,
    parts: expected[kind],
  }));
  await eventually(() => expect(outcomes()).toEqual(wanted), 30_000);
  // Several sweeps later nothing has been added.
  const sweeps = () =>
    world.intercom.requests.filter(({ path }) => path === "/conversations/search").length;
  const before = sweeps();
  await eventually(() => expect(sweeps()).toBeGreaterThan(before + 3), 20_000);
  expect(outcomes()).toEqual(wanted);

  const cards = await slack.messages();
  for (const { kind, write, when, conversationId } of asked) {
    if (kind !== "review") continue;
    const own = cards.filter((card) => JSON.stringify(card).includes(conversationId));
    // Between card and note nobody knows of the card: another is posted, and the note names that one.
    const mayBeTwo = write === "the card" ? when === "after" : when === "before";
    expect(own.map(wordsOf), `${when} ${write}`).toHaveLength(mayBeTwo ? 2 : 1);
    const named = / card=\S+?-(\d+\.\d+)/.exec(partsOf(conversationId)[0]?.body ?? "")?.[1];
    expect(own.map(({ ts }) => ts)).toContain(named);
  }
});
