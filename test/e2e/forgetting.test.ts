import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { spawnScript } from "./service-process.ts";
import { secrets, startWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.stop());

const memories: [string, Record<string, string>][] = [
  ["SQLite", { MEM0_API_KEY: "", MEM0_BASE_URL: "" }],
  ["Mem0", {}],
];

async function call(method: string, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  return fetch(`${world.service().baseUrl}${path}`, { method, headers });
}

async function syncAll(): Promise<void> {
  expect((await call("POST", "/sync")).ok).toBe(true);
  await eventually(async () => {
    expect(await (await call("GET", "/sync")).json()).toMatchObject({ state: "done" });
  });
}

async function questions(): Promise<string[]> {
  const { answers } = (await (await call("GET", "/memory")).json()) as {
    answers: { question: string }[];
  };
  return answers.map(({ question }) => question).sort();
}

/** Two customers with a question and an answer each. */
function fill(): void {
  const { customerWrites, teammateWrites } = world.intercom;
  const ada = customerWrites(null, "How do I print my newest invoice?", { contactId: "ada" });
  teammateWrites(ada.conversationId, "Open Billing and press the printer.");
  const grace = customerWrites(null, "Where do I change my address?", { contactId: "grace" });
  teammateWrites(grace.conversationId, "Under Settings, Company, Address.");
}

async function notify(topic: string, item: object): Promise<void> {
  const body = JSON.stringify({ type: "notification_event", topic, data: { item } });
  expect(await world.post(body)).toBe(200);
}

async function forget(words: string[]) {
  const child = spawnScript("src/forget.ts", world.settings, words);
  const out: string[] = [];
  child.stdout?.on("data", (chunk) => out.push(String(chunk)));
  child.stderr?.on("data", (chunk) => out.push(String(chunk)));
  const [code] = await once(child, "close");
  return { code, out: out.join("") };
}

describe.each(memories)("a person who is to be forgotten in %s", (_name, environment) => {
  it("is forgotten by a command, by a request and by a webhook", { timeout: 60_000 }, async () => {
    world = await startWorld({ ...environment, REPLY_MODE: "note" });
    world.intercom.contacts.known.set("ada", { fields: { email: "ada@example.com" } });
    fill();
    await syncAll();
    expect(await questions()).toHaveLength(2);

    const { code, out } = await forget(["--email", "ada@example.com"]);
    expect(out).toMatch(
      /^Contact ada: removed 2 messages and 1 answer of 1 conversation\. They are not learnt/,
    );
    expect(code).toBe(0);
    expect(await questions()).toEqual(["Where do I change my address?"]);

    await syncAll();
    expect(await questions()).toEqual(["Where do I change my address?"]);

    await notify("contact.deleted", { type: "contact", id: "grace", deleted: true });
    await eventually(async () => expect(await questions()).toEqual([]));
    const nothing = await call("DELETE", "/memory?contact=grace");
    expect(await nothing.json()).toEqual({
      contact: "grace",
      conversations: 0,
      turns: 0,
      answers: 0,
      cards: 0,
    });
    expect(world.service().output()).not.toMatch(/ada@example|invoice/);
  });
});

it("says whom it wants to know about", async () => {
  world = await startWorld();
  expect(await forget([])).toMatchObject({ code: 1, out: expect.stringMatching(/Whom\?/) });
  expect(await forget(["--email", "nobody@example.com"])).toMatchObject({
    code: 1,
    out: expect.stringMatching(/knows no contact with that address/),
  });
  expect(await forget(["--contact", "nobody"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/nothing is stored of them/),
  });
});

it("removes what is older than RETENTION_DAYS at the start", { timeout: 40_000 }, async () => {
  world = await startWorld({ MEM0_API_KEY: "", MEM0_BASE_URL: "", REPLY_MODE: "note" });
  const at = Date.now() - 3 * 86_400_000;
  const { conversationId } = world.intercom.customerWrites(null, "How do I export invoices?", {
    contactId: "ada",
    at,
  });
  world.intercom.teammateWrites(conversationId, "Open Billing and press Export.", { at });
  await syncAll();
  expect(await world.service().terminate()).toBe(0);
  world.settings.RETENTION_DAYS = "2";
  await world.restart();
  await eventually(() =>
    expect(world.service().logged("old turns forgotten")).toMatchObject([{ removed: 2 }]),
  );
  expect(await questions()).toEqual(["How do I export invoices?"]);
});
