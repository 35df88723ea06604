import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";

const dockerfile = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");
const healthCheck: string[] = JSON.parse(
  /^HEALTHCHECK [\s\S]*?CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]",
);

describe("the Dockerfile's health check", () => {
  it.each([
    [200, 0],
    [503, 1],
  ])("on an answer of %i ends with %i", async (status, expected) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    expect(await check((server.address() as AddressInfo).port)).toBe(expected);
    server.close();
  });

  it("ends with 1 where nothing listens", async () => {
    expect(await check(9)).toBe(1);
  });
});

async function check(port: number): Promise<number> {
  const [, ...options] = healthCheck;
  const child = spawn(process.execPath, options, { env: { PORT: String(port) }, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}
