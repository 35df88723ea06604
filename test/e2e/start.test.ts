import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { spawnScript, startService } from "./service-process.ts";

async function run(environment: Record<string, string>) {
  const child = spawnScript("src/main.ts", environment);
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = await once(child, "exit");
  return { code, errors };
}

describe("starting the service", () => {
  it("with nothing configured prints everything that is missing at once and exits with 1", async () => {
    const { code, errors } = await run({});
    expect(code).toBe(1);
    for (const name of [
      "INTERCOM_ACCESS_TOKEN",
      "INTERCOM_ADMIN_ID",
      "INTERCOM_WEBHOOK_SECRET",
      "OPENAI_API_KEY",
    ]) {
      expect(errors).toContain(`${name} is missing`);
    }
    expect(errors).toContain("Where to find it");
    expect(errors).not.toContain("    at ");
  });

  it("on a port that is taken says so and exits with 1", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, errors } = await run({ MOCK_MODE: "true", PORT: String(port), DATA_DIR: "/tmp" });
    taken.close();
    expect(code).toBe(1);
    expect(errors).toContain(`PORT=${port} is in use`);
    expect(errors).toContain(`PORT=${port + 1} make mock`);
  });
});

describe("stopping the service", () => {
  it("tells whoever probes /readyz before it stops listening, and ends with 0", async () => {
    const service = await startService({ MOCK_MODE: "true", DATA_DIR: "/tmp" });
    const probe = () => fetch(`${service.baseUrl}/readyz`).then(({ status }) => status);
    expect(await probe()).toBe(200);
    const ended = service.terminate();
    const seen: number[] = [];
    while (seen.at(-1) !== 503) {
      seen.push(await probe());
      await pause(5);
    }
    expect(await ended).toBe(0);
  });

  it("does not wait for a probe where nobody probes", async () => {
    const service = await startService({ MOCK_MODE: "true", DATA_DIR: "/tmp" });
    const beganAt = Date.now();
    expect(await service.terminate()).toBe(0);
    expect(Date.now() - beganAt).toBeLessThan(4_000);
  });
});
