import { createHash } from "node:crypto";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import type { Explanation } from "../../src/core/explaining/explain-conversation.ts";
import { eventually } from "../adapters/slack/slack-world.ts";
import { spawnScript } from "./service-process.ts";
import { secrets, startWorld, type World } from "./world.ts";

let world: World;

afterEach(() => world.stop());

/** Runs `npm run why`'s script with the settings of the service. */
async function why(words: string[]) {
  const port = new URL(world.service().baseUrl).port;
  const child = spawnScript("src/why.ts", { ...world.settings, PORT: port }, words);
  const out: string[] = [];
  const err: string[] = [];
  child.stdout?.on("data", (chunk) => out.push(String(chunk)));
  child.stderr?.on("data", (chunk) => err.push(String(chunk)));
  const [code] = await once(child, "close");
  return { code, out: out.join(""), err: err.join("") };
}

it("says what became of a conversation, from the service and without it", async () => {
  world = await startWorld({ REPLY_MODE: "note" });
  const { conversationId } = await world.ask("How do I reset my password?");
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));

  await eventually(async () => {
    const { code, out } = await why([conversationId]);
    expect(out).toMatch(/the customer wrote 27 characters/);
    expect(out).toMatch(/a notification arrived/);
    expect(out).toMatch(/drafted with a confidence of .*; decided note: /);
    expect(out).toMatch(/What to do\n {2}Answer by hand; the draft/);
    expect(out).not.toMatch(/password|Not known/);
    expect(code).toBe(0);
  });

  const asJson = JSON.parse((await why([conversationId, "--json"])).out) as Explanation;
  expect(asJson.now).toMatchObject({ state: "quiet", reason: "already-handled" });
  const answer = await fetch(`${world.service().baseUrl}/why/${conversationId}`, {
    headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` },
  });
  expect(await answer.json()).toEqual(asJson);

  await world.service().kill();
  const { code, out, err } = await why([conversationId]);
  expect(err).toMatch(/The service does not answer at http/);
  expect(out).toMatch(/our note asks a person to answer/);
  expect(out).toMatch(/Not known\n {2}The service was not asked/);
  expect(code).toBe(0);
});

it("says what is missing, in words", async () => {
  world = await startWorld();
  const without = await why([]);
  expect(without).toMatchObject({ code: 1, err: expect.stringMatching(/Which conversation\?/) });
  const unknown = await why(["999999"]);
  expect(unknown.out).toMatch(/There is no such conversation in this workspace/);
  const address = `${world.service().baseUrl}/why`;
  expect((await fetch(`${address}/1`)).status).toBe(401);
  const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  expect((await fetch(`${address}/..%2f1`, { headers })).status).toBe(400);

  world.intercom.setFault(() => ({ kind: "status", status: 503, when: "before" }));
  const down = await fetch(`${address}/1`, { headers });
  expect(down.status).toBe(503);
  expect(await down.text()).toMatch(/cannot be read: \[intercom\] GET .*\/ready says/);
});

it("is a page for a browser, to which our notes lead, and asks for the token as a password", {
  timeout: 60_000,
}, async () => {
  world = await startWorld({ REPLY_MODE: "note", PUBLIC_URL: "https://responder.example" });
  const { conversationId } = await world.ask("How do I <b>reset</b> my password?");
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));
  const [note = ""] = world.notes(conversationId);
  expect(note).toContain(`<a href="https://responder.example/why/${conversationId}"`);
  expect(note).toMatch(/admin token/);
  expect(note).toMatch(/ref: part=\d+ outcome=noted<\/p>$/);

  const address = `${world.service().baseUrl}/why/${conversationId}`;
  const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
  const asked = await fetch(address, { headers: { accept } });
  expect(asked.status).toBe(401);
  expect(asked.headers.get("www-authenticate")).toMatch(/^Basic /);
  expect(await asked.text()).toMatch(/ADMIN_TOKEN as the password/);

  const authorization = `Basic ${Buffer.from(`:${secrets.ADMIN_TOKEN}`).toString("base64")}`;
  const page = await fetch(address, { headers: { accept, authorization } });
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("cache-control")).toBe("no-store");
  const html = await page.text();
  expect(html).toMatch(/<h2>What happened<\/h2>\n<p>.*the customer wrote/);
  expect(html).toMatch(/<h2>What to do<\/h2>\n<p>Answer by hand/);
  expect(html).not.toMatch(/<script|password|reset/);
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
  expect(page.headers.get("content-security-policy")).toContain(`'sha256-${hash}'`);

  const wrong = await fetch(`${address}%2f`, { headers: { accept, authorization } });
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toMatch(/<p>Give a conversation&#39;s id/);
});
