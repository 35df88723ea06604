import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "../stand-ins/postgres-server.ts";
import { type ServiceProcess, spawnScript, startService } from "./service-process.ts";
import { startWorld, type World } from "./world.ts";

const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 50 });

describe.skipIf(!hasPostgres)("the service with MEMORY_URL", () => {
  let server: PostgresServer;
  let url: string;
  let world: World;
  let elsewhere: string;

  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), "auto-responder-"));
    server = await startPostgres();
    ({ url } = await server.freshDatabase());
    world = await startWorld({ MEM0_API_KEY: "", MEMORY_URL: url });
  });
  afterAll(async () => {
    await world?.stop();
    await server?.stop();
    await rm(elsewhere, { recursive: true, force: true });
  });

  const memoryOf = (service: ServiceProcess, path = "", init: RequestInit = {}) =>
    fetch(`${service.baseUrl}/memory${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${world.settings.ADMIN_TOKEN}`,
        "content-type": "application/json",
      },
    });
  const memoryState = async () => {
    const ready = await world.ready();
    return ((await ready.json()) as { dependencies: { memory: { state: string } } }).dependencies
      .memory.state;
  };
  const promptOf = (text: string) =>
    world.openai.requests
      .flatMap(({ messages }) => messages)
      .filter(({ role, content }) => role === "user" && content.includes(text))
      .map(({ content }) => content)
      .at(-1) ?? "";

  it("answers from what another process stored, which was killed since", async () => {
    const other = await startService({ ...world.settings, DATA_DIR: elsewhere });
    const answer = { question: "Where is the invoice archive?", answer: "Under Billing, Archive." };
    const stored = await memoryOf(other, "", { method: "POST", body: JSON.stringify(answer) });
    expect(stored.status).toBe(201);
    await other.kill();
    const { conversationId } = await world.ask("Where do I find the invoice archive?");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    expect(promptOf("Where do I find the invoice archive?")).toContain("Under Billing, Archive.");
    expect(await memoryState()).toBe("ok");
  });

  it("drafts without it while it is away, and has it again when it is back", async () => {
    await server.kill();
    const away = await world.ask("Is the invoice archive away?");
    await eventually(() => expect(world.replies(away.conversationId)).toHaveLength(1));
    expect(promptOf("Is the invoice archive away?")).not.toContain("Under Billing, Archive.");
    expect(await memoryState()).toBe("failing");
    await server.start();
    const back = await world.ask("Is the invoice archive back?");
    await eventually(() => expect(world.replies(back.conversationId)).toHaveLength(1));
    expect(promptOf("Is the invoice archive back?")).toContain("Under Billing, Archive.");
    expect(await memoryState()).toBe("ok");
  });

  it("starts while it is away and says so, and ends at the start where it is set up wrongly", async () => {
    await server.kill();
    const early = await startService({ ...world.settings, DATA_DIR: elsewhere });
    expect(early.output()).toContain("nothing listens there (ECONNREFUSED)");
    await server.start();
    await eventually(async () => expect((await memoryOf(early)).status).toBe(200));
    await early.kill();

    const child = spawnScript("src/main.ts", {
      ...world.settings,
      DATA_DIR: elsewhere,
      PORT: "0",
      MEMORY_URL: server.urlOf("postgres", "owner", "not-this"),
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data: Buffer) => {
        output += data.toString();
      });
    }
    expect(await once(child, "close")).toEqual([1, null]);
    expect(output).toContain('the password of the user "owner" is wrong. Mend it in MEMORY_URL.');
    expect(output).not.toContain("not-this");
  });
});
