import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { command } from "./proving-commands.ts";
import { secrets, startWorld, type World } from "./world.ts";

let world: World;
const dataDir = mkdtempSync(join(tmpdir(), "shadow-"));
afterEach(async () => {
  await world.stop();
  rmSync(dataDir, { recursive: true });
});

it("keeps drafts that nobody sees over a restart, and compares them with what teammates said", {
  timeout: 90_000,
}, async () => {
  world = await startWorld({ REPLY_MODE: "shadow", DATA_DIR: dataDir });
  const { conversationId } = await world.ask(
    'How long is the trial? confidence=0.95 reply="The trial takes 14 days."',
  );
  const isKept = () => world.service().logged("stayed quiet").length > 0;
  await eventually(() => expect(isKept()).toBe(true), 20_000);
  expect(world.notes(conversationId)).toEqual([]);
  expect(world.replies(conversationId)).toEqual([]);

  const shadow = async () => {
    const { code, output, complaints } = await command("shadow", dataDir, [], world.settings);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    return output;
  };
  await eventually(
    async () => expect(await shadow()).toContain("1 wait for a teammate's answer"),
    30_000,
  );
  await world.service().kill();
  await world.restart();
  world.intercom.teammateWrites(conversationId, "The trial takes 30 days.");
  const output = await shadow();
  expect(output).toMatch(/question · en +1 +\d +1 +1 +not known/);
  expect(output).toContain("0 wait for a teammate's answer, 0 never got one");

  const { contacts } = world.intercom.conversation(conversationId);
  const url = `${world.service().baseUrl}/memory?contact=${contacts.contacts[0]?.id}`;
  const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  expect((await fetch(url, { method: "DELETE", headers })).status).toBe(200);
  expect(await shadow()).toContain("No draft has been made in the shadow yet");
});
