import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { htmlPage, startSite } from "../stand-ins/site.ts";

const root = new URL("../../", import.meta.url).pathname;
let site: Awaited<ReturnType<typeof startSite>>;
let dataDir: string;

beforeEach(async () => {
  site = await startSite();
  policyFile = undefined;
  dataDir = mkdtempSync(join(tmpdir(), "sync-sources-"));
  const pages = { "/parrots": "Parrots eat seeds.", "/cages": "Two metres at least." };
  site.sitemap("/sitemap.xml", ...Object.keys(pages));
  for (const [path, text] of Object.entries(pages))
    site.page(path, htmlPage(path, `<p>${text}</p>`));
});
afterEach(() => {
  site.close();
  rmSync(dataDir, { recursive: true, force: true });
});

let policyFile: string | undefined;

async function sync(...options: string[]) {
  const child = spawn(process.execPath, ["src/sync.ts", ...options], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      INTERCOM_ACCESS_TOKEN: "token-of-the-test",
      INTERCOM_WEBHOOK_SECRET: "secret-of-the-test",
      INTERCOM_ADMIN_ID: "1",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      KNOWLEDGE_SOURCES: `birds=${site.url}`,
      KNOWLEDGE_ALLOWED_HOSTS: site.host,
      POLICY_FILE: policyFile,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

async function found(words: string) {
  const index = createSqliteHelpCenter(dataDir);
  const sources = await index.search(words, { limit: 5 }, new AbortController().signal);
  await index.close();
  return sources.map(({ text }) => text);
}

describe("npm run sync -- --source", { timeout: 60_000 }, () => {
  it("shows what would change, changes it, and afterwards only what is different", async () => {
    const dry = await sync("--source", "birds", "--dry-run");
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toContain(`+ /parrots  ${site.url}/parrots`);
    expect(dry.stdout).toMatch(/"dryRun": true,\s+"new": 2,\s+"changed": 0,\s+"gone": 0/);
    expect(await found("parrots seeds")).toEqual([]);

    expect((await sync("--source=all")).stdout).toMatch(/"new": 2,\s+"changed": 0,\s+"gone": 0/);
    expect(await found("parrots seeds")).toHaveLength(1);

    site.page("/parrots", htmlPage("/parrots", "<p>Parrots eat fruit.</p>"));
    site.page("/cages", "gone", {}, 404);
    const { stdout } = await sync("--source", "birds");
    expect(stdout).toContain(`~ /parrots  ${site.url}/parrots`);
    expect(stdout).toContain(`- /cages  ${site.url}/cages`);
    expect(stdout).toMatch(/"new": 0,\s+"changed": 1,\s+"gone": 1/);
  });

  it("says in words what cannot be read", async () => {
    const unknown = await sync("--source", "fish");
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('There is no source "fish": there is birds.');
    expect((await sync("--source", "birds", "--limit=5")).stderr).toContain("of conversations");
    site.page("/robots.txt", "down", {}, 500);
    const failed = await sync("--source", "birds");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('"state": "failing"');
    expect(failed.stdout).toContain('"problem": "500"');
  });

  it("reads what the policy file names, too, and nothing of it where the file cannot be used", async () => {
    policyFile = join(dataDir, "policy.yaml");
    const folder = join(dataDir, "handbook");
    mkdirSync(folder);
    writeFileSync(join(folder, "snakes.md"), "# Snakes\n\nSnakes eat mice.\n");
    writeFileSync(policyFile, `sources: { handbook: ${folder} }`);
    const { stdout, stderr } = await sync("--source", "handbook");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^\+ Snakes$/m);
    expect(await found("snakes mice")).toHaveLength(1);
    expect((await sync("--source=fish")).stderr).toContain("there is birds, handbook.");

    writeFileSync(policyFile, `sources: { birds: ${folder} }`);
    const twice = await sync("--source=all");
    expect(twice).toMatchObject({ code: 1, stdout: "" });
    expect(twice.stderr).toContain("KNOWLEDGE_SOURCES names a source “birds” too");
  });
});
