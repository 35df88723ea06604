import { afterEach, describe, expect, it, vi } from "vitest";
import { createStartChecks } from "../../src/compose/start-checks.ts";
import { loadConfig } from "../../src/config.ts";
import { createDependencyHealth } from "../../src/core/dependency-health.ts";
import { type Scripted, startScriptedServer } from "../doctor/scripted-server.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const running: { stop(): void }[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.stop();
});

/** The checks at a start, with a workspace that a test can change while they wait. */
async function start(script: Record<string, Scripted>, modelStatus = 404) {
  const intercom = await startScriptedServer(script);
  const model = await startScriptedServer({ "/v1/models/gpt-4o": { status: modelStatus } });
  const config = loadConfig({
    INTERCOM_ACCESS_TOKEN: "token",
    INTERCOM_WEBHOOK_SECRET: "secret",
    INTERCOM_ADMIN_ID: "1",
    INTERCOM_API_BASE_URL: intercom.url,
    OPENAI_BASE_URL: `${model.url}/v1`,
  });
  const health = createDependencyHealth(["intercom", "model", "memory"], Date.now);
  const log = createRecordingLog();
  let goOn = () => {};
  const rests: number[] = [];
  const checks = createStartChecks(config, health, log, (ms) => {
    rests.push(ms);
    return new Promise((resolve) => {
      goOn = resolve;
    });
  });
  checks.start();
  running.push(intercom, model, checks, { stop: () => goOn() });
  return {
    health,
    rests,
    goOn: () => goOn(),
    said: (level: string) => log.lines.filter((line) => line.level === level),
  };
}

const workspace = (): Record<string, Scripted> => ({
  "/me": { body: { id: "7", app: { id_code: "abc", name: "Example" } } },
  "/admins": { body: { admins: [{ id: "814", name: "Support", has_inbox_seat: true }] } },
  "/articles": { body: { total_count: 12 } },
});

describe("the checks at a start", () => {
  it("look again until what is wrong is mended, and say it once", async () => {
    const script = workspace();
    const { health, rests, goOn, said } = await start(script);
    await vi.waitFor(() => expect(rests).toEqual([30_000]), { timeout: 30_000 });
    const failing = { state: "failing", detail: expect.stringContaining("Support (814)") };
    expect(health.report().intercom).toMatchObject(failing);
    // A reading that works does not hide that nothing can be sent.
    health.ok("intercom");
    expect(health.report().intercom).toMatchObject(failing);

    goOn();
    await vi.waitFor(() => expect(rests).toHaveLength(2), { timeout: 30_000 });
    expect(said("error")).toEqual([
      expect.objectContaining({ event: expect.stringMatching(/INTERCOM_ADMIN_ID=1 is nobody/) }),
    ]);

    script["/admins/1"] = { body: { id: "1", name: "Support", has_inbox_seat: true } };
    goOn();
    await vi.waitFor(() => expect(health.report().intercom).toMatchObject({ state: "ok" }), {
      timeout: 30_000,
    });
    expect(said("info")).toEqual([
      expect.objectContaining({
        event: "intercom is set up",
        values: expect.objectContaining({ admin: "replies as Support" }),
      }),
    ]);
    expect(rests).toHaveLength(2);
  });

  it("leave it to the drafts whether a model's server that does not say works all the same", async () => {
    const { health, rests, goOn } = await start(
      { ...workspace(), "/admins/1": { body: { name: "Support" } } },
      500,
    );
    await vi.waitFor(() => expect(rests).toHaveLength(1), { timeout: 30_000 });
    expect(health.report().model).toMatchObject({
      state: "failing",
      detail: expect.stringContaining("OPENAI_BASE_URL"),
    });
    health.ok("model");
    goOn();
    await vi.waitFor(() => expect(rests).toHaveLength(2), { timeout: 30_000 });
    expect(health.report().model).toMatchObject({ state: "ok" });
  });

  it("count a memory in a file as tried, and a model that cannot be asked as not", async () => {
    const { health } = await start({ ...workspace(), "/admins/1": { body: { name: "Support" } } });
    await vi.waitFor(() => expect(health.report().intercom).toMatchObject({ state: "ok" }), {
      timeout: 30_000,
    });
    expect(health.report()).toMatchObject({
      memory: { state: "ok" },
      model: { state: "not tried yet" },
    });
  });
});
