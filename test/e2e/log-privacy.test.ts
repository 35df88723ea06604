import { afterEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { startWorld, type World } from "./world.ts";

let world: World;

afterEach(() => world.stop());

it("prints no secret and nothing that a customer wrote or is called, whatever fails", async () => {
  world = await startWorld({ REPLY_MODE: "note", LOG_LEVEL: "info" });
  const words = "My zanzibarword is broken, write to quokka.person@example.org: how do I reset it?";
  const { conversationId } = await world.ask(words);
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));

  // Bad input and a failing Intercom are where words tend to slip into errors.
  expect(await world.post(JSON.stringify({ text: words }), { "X-Hub-Signature": "sha1=00" })).toBe(
    401,
  );
  world.intercom.setFault(() => ({ kind: "status", status: 503, when: "before" }));
  await world.ask(words);
  await eventually(() => expect(world.service().output()).toMatch(/\[intercom\][^\n]*\b503\b/));
  await world.service().terminate();

  const output = world.service().output();
  expect(output).toContain(conversationId);
  const secrets = Object.entries(world.settings)
    .filter(([name]) => /TOKEN|SECRET|KEY/.test(name))
    .map(([, value]) => value);
  expect(secrets).toHaveLength(5);
  const forbidden = [...secrets, "zanzibarword", "quokka", "Lovelace"];
  const lines = output.split("\n");
  expect(lines.filter((line) => forbidden.some((word) => line.includes(word)))).toEqual([]);
}, 60_000);
