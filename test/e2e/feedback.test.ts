import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { answerObject } from "../stand-ins/openai.ts";
import { secrets, startWorld, type World } from "./world.ts";

let directory: string;
let world: World;
const token = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
const get = (query = "", headers: Record<string, string> = token) =>
  fetch(`${world.service().baseUrl}/feedback${query}`, { headers });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "feedback-"));
  await writeFile(join(directory, "policy.yaml"), "mode: auto");
  world = await startWorld({ POLICY_FILE: join(directory, "policy.yaml") });
});
afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true });
});

async function say(text: string, intent: string): Promise<string> {
  world.openai.answers(() =>
    answerObject({ intent, reply: "Thank you.", sentiment: "calm", confidence: 0.95 }),
  );
  const { conversationId } = await world.ask(text);
  await vi.waitFor(() => expect(world.replies(conversationId)).toHaveLength(1), {
    timeout: 20_000,
    interval: 50,
  });
  return conversationId;
}

it("what customers say of the product is kept only where the policy wants a list", async () => {
  const file = join(world.settings.DATA_DIR ?? "", "feedback.sqlite");
  await say("The new editor is lovely.", "feedback");
  expect(existsSync(file)).toBe(false);
  expect(await (await get()).json()).toEqual({ feedback: [] });

  await writeFile(join(directory, "policy.yaml"), "mode: auto\nfeedback_list: true");
  await say("How do I export?", "question");
  const first = await say("=HYPERLINK: the export, however, is slow", "feedback");
  const second = await say("My key is sk-abcdefghijklmnopqrstuvwx1234, and I love it", "feedback");
  await vi.waitFor(
    async () => {
      const { feedback } = (await (await get()).json()) as { feedback: object[] };
      expect(feedback).toMatchObject([
        { conversationId: second, sentiment: "calm", language: "en" },
        { conversationId: first, text: "=HYPERLINK: the export, however, is slow" },
      ]);
      expect(JSON.stringify(feedback)).not.toContain("sk-abcdef");
    },
    { timeout: 20_000, interval: 50 },
  );

  const table = await get("?format=csv&since=2020-01-01");
  expect(table.headers.get("content-type")).toContain("text/csv");
  const [columns, , row] = (await table.text()).split("\r\n");
  expect(columns).toBe("at,text,topic,sentiment,language,conversation,link");
  expect(row).toContain(`"'=HYPERLINK: the export, however, is slow",,calm,en,${first},https://`);

  expect((await get("?since=2999-01-01").then((one) => one.json())) as object).toEqual({
    feedback: [],
  });
  expect((await get("?since=yesterday")).status).toBe(400);
  expect((await get("", {})).status).toBe(401);
});
