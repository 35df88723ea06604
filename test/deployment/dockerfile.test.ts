import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

describe("the image that is shipped", () => {
  /** Where the base image, node:24-slim, keeps Node and its package managers. */
  const inTheBaseImage = [
    "/usr/local/bin/node",
    "/usr/local/bin/npm",
    "/usr/local/bin/npx",
    "/usr/local/bin/corepack",
    "/usr/local/bin/yarn",
    "/usr/local/bin/yarnpkg",
    "/usr/local/lib/node_modules/npm/bin/npm-cli.js",
    "/usr/local/lib/node_modules/corepack/dist/corepack.js",
    "/opt/yarn-v1.22.22/bin/yarn.js",
  ];
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));

  it("keeps Node and no package manager", () => {
    const removal = /^RUN (rm -rf .*)$/m.exec(lastStage)?.[1] ?? "";
    // Run on a copy of the base image's layout, never on this machine's own folders.
    expect(removal).toMatch(/^rm -rf( \/(usr\/local|opt)\/[\w*/-]+)+$/);
    const root = mkdtempSync(join(tmpdir(), "auto-responder-image-"));
    try {
      for (const path of inTheBaseImage) {
        mkdirSync(join(root, dirname(path)), { recursive: true });
        writeFileSync(join(root, path), "");
      }
      execFileSync("sh", ["-c", removal.replaceAll(" /", ` ${root}/`)]);
      const left = readdirSync(root, { recursive: true, withFileTypes: true });
      expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(["node"]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it("is made of named versions, runs as nobody in particular, and starts Node itself", () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(bases).toEqual(["node:24-slim", "node:24-slim"]);
    expect(lastStage).toMatch(/^USER node$/m);
    const [start = "[]"] = /(?<=^CMD )\[.*\]$/m.exec(lastStage) ?? [];
    expect(JSON.parse(start)).toEqual(["node", expect.any(String), "src/main.ts"]);
    expect(healthCheck[0]).toBe("node");
    expect(dockerfile).toMatch(/^RUN npm install --omit=dev .*--ignore-scripts$/m);
  });

  it("needs none of them after it removed them", () => {
    const instructions = lastStage
      .split("\n")
      .filter((line) => /^(RUN|CMD|ENTRYPOINT) /.test(line));
    const after = instructions.filter((line) => !line.startsWith("RUN rm "));
    expect(after.join("\n")).not.toMatch(/\b(npm|npx|yarn|corepack)\b/);
  });
});

async function check(port: number): Promise<number> {
  const [, ...options] = healthCheck;
  const child = spawn(process.execPath, options, { env: { PORT: String(port) }, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}
