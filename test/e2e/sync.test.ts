import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { generateConversations } from "../bench/generated-conversations.ts";
import { contentOf, startSync } from "../bench/sync-process.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";

const directories: string[] = [];
const standIns: IntercomStandIn[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  for (const standIn of standIns.splice(0)) await standIn.stop();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "sync-"));
  directories.push(directory);
  return directory;
}

async function newWorkspace(conversations: number): Promise<IntercomStandIn> {
  // Enough allowance to be quick, little enough to be kept by waiting.
  const standIn = await startIntercomStandIn({ rateLimit: 4_000, latencyMs: 2 });
  for (const document of generateConversations(conversations)) standIn.import(document);
  standIns.push(standIn);
  return standIn;
}

describe("npm run sync", { timeout: 60_000 }, () => {
  it("ends with the same content, byte for byte, when it is killed again and again", async () => {
    const conversations = 400;
    const undisturbed = await newWorkspace(conversations);
    const whole = newDirectory();
    const { report } = await startSync(undisturbed, whole).ended;
    expect(report).toMatchObject({
      state: "done",
      conversations: { found: conversations, read: conversations, failed: 0 },
    });

    const disturbed = await newWorkspace(conversations);
    const killed = newDirectory();
    let lastCalls = 0;
    for (let kill = 1; kill <= 3; kill += 1) {
      const sync = startSync(disturbed, killed);
      // Far enough that each process gets past the checkpoint of the one before.
      const until = disturbed.requests.length + 150;
      while (disturbed.requests.length < until) await pause(2);
      sync.child.kill("SIGKILL");
      expect(await sync.ended).toMatchObject({ report: null });
      lastCalls = disturbed.requests.length;
    }
    expect((await startSync(disturbed, killed).ended).report).toMatchObject({ state: "done" });

    // It went on from a checkpoint: the last run did not read everything.
    expect(disturbed.requests.length - lastCalls).toBeLessThan(conversations - 150);
    expect(contentOf(killed)).toBe(contentOf(whole));
    expect(contentOf(whole)).not.toContain("4111 1111");
    expect([undisturbed.overLimit(), disturbed.overLimit()]).toEqual([0, 0]);
  });

  it("takes only what changed when it runs again, and removes what is gone", async () => {
    const standIn = await newWorkspace(60);
    const directory = newDirectory();
    await startSync(standIn, directory).ended;
    const before = contentOf(directory);

    const [deleted, redacted] = standIn.conversations();
    const part = redacted?.source;
    standIn.deleteConversation(deleted?.id ?? "");
    standIn.redact(part?.id ?? "");
    const fresh = standIn.customerWrites(null, "How do I print my newest invoice?");
    standIn.teammateWrites(fresh.conversationId, "Open Billing and press the printer button.");
    const calls = standIn.requests.length;
    const { report } = await startSync(standIn, directory).ended;

    expect(report?.conversations).toMatchObject({ read: 2, deleted: 1 });
    expect(standIn.requests.length - calls).toBeLessThan(8);
    const after = contentOf(directory);
    expect(after).toContain("print my newest invoice");
    expect(before).toContain(`"conversation_id":"${deleted?.id}"`);
    expect(after).not.toContain(`"conversation_id":"${deleted?.id}"`);
    expect(before).toContain(`"part_id":"${part?.id}"`);
    expect(after).not.toContain(`"part_id":"${part?.id}"`);
  });

  it("stops in words when the token is wrong", async () => {
    const standIn = await newWorkspace(1);
    const { report } = await startSync({ ...standIn, accessToken: "wrong" }, newDirectory()).ended;
    expect(report?.state).toBe("failed");
    expect(report?.lastError).toBe("[intercom] POST /conversations/search → 401 unauthorized");
  });
});
