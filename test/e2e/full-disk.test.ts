import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { fillDisk, freeDisk, hasTinyDisk, onTinyDisk } from "../stand-ins/tiny-disk.ts";
import { type ServiceProcess, spawnScript, startService } from "./service-process.ts";
import { secrets, startWorld, type World } from "./world.ts";

describe.skipIf(!hasTinyDisk)("a full disk for DATA_DIR", { timeout: 60_000 }, () => {
  let world: World;
  let service: ServiceProcess;
  let directory: string;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "tiny-disk-"));
    // Stand-ins and settings are the world's; its service gives way to one on a small disk.
    world = await startWorld();
    await world.service().kill();
  });
  afterEach(async () => {
    await service?.kill();
    await world.stop();
    rmSync(directory, { recursive: true });
  });

  const settings = () => {
    const { MEM0_API_KEY: _key, MEM0_BASE_URL: _url, ...rest } = world.settings;
    return { ...rest, DATA_DIR: directory, SWEEP_INTERVAL_SECONDS: "1" };
  };
  const ask = async (text: string) => {
    const written = world.intercom.customerWrites(null, text);
    await world.deliver(written.partId, {}, service);
    return written.conversationId;
  };
  const ready = async () => (await world.ready(service)).json();

  it("keeps nobody from an answer, is said, and is over when there is room again", async () => {
    service = await startService(settings(), "src/main.ts", onTinyDisk(directory, 2_048));
    const before = await ask("How do I reset my password?");
    await eventually(() => expect(world.replies(before)).toHaveLength(1));

    fillDisk(service.processId, directory);
    const meanwhile: string[] = [];
    for (let count = 0; count < 5; count++) {
      meanwhile.push(await ask(`Where do I find invoice ${count}? ${"word ".repeat(400)}`));
    }
    await eventually(() => {
      for (const id of meanwhile) expect(world.replies(id)).toHaveLength(1);
    }, 20_000);
    await eventually(async () =>
      expect(await ready()).toMatchObject({
        dependencies: {
          memory: {
            state: "failing",
            detail: expect.stringMatching(/\[sqlite\] \w+ → database or disk is full/),
          },
        },
      }),
    );

    freeDisk(service.processId, directory);
    const after = await ask("And how do I change my name?");
    await eventually(() => expect(world.replies(after)).toHaveLength(1));
    await eventually(async () =>
      expect(await ready()).toMatchObject({ dependencies: { memory: { state: "ok" } } }),
    );
    for (const id of [before, ...meanwhile, after]) expect(world.replies(id)).toHaveLength(1);
  });

  it("is named at the start, with what to do", async () => {
    const child = spawnScript(
      "src/main.ts",
      { ...secrets, ...settings() },
      [],
      onTinyDisk(directory, 4),
    );
    const output: string[] = [];
    child.stderr?.on("data", (chunk) => output.push(String(chunk)));
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(output.join("")).toMatch(/memory\.sqlite.*the disk is full\. Make room on it/);
  });
});
