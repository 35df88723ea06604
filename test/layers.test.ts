import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = new URL("..", import.meta.url).pathname;
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "layers-"));
  cpSync(join(root, ".biome.json"), join(copy, ".biome.json"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

/** What the project's linter settings say about a file at that place that imports that. */
function lint(path: string, imported: string): string {
  const file = join(copy, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `import { thing } from "${imported}";\n\nexport const used = thing;\n`);
  const biome = join(root, "node_modules/.bin/biome");
  const { stdout, stderr } = spawnSync(biome, ["lint", "."], { cwd: copy, encoding: "utf8" });
  return stdout + stderr;
}

describe("the layers", () => {
  it.each([
    ["src/core/seeded.ts", "axios"],
    ["src/core/seeded.ts", "node:fs"],
    ["src/core/seeded.ts", "../lib/errors.ts"],
    ["src/lib/seeded.ts", "../core/types.ts"],
    ["src/adapters/slack/seeded.ts", "../intercom/intercom.ts"],
    ["src/adapters/slack/seeded.ts", "../../config.ts"],
    ["src/http/seeded.ts", "../adapters/sqlite/database.ts"],
    ["src/http/seeded.ts", "../compose.ts"],
  ])("the linter refuses that %s imports %s", (path, imported) => {
    expect(lint(path, imported)).toContain("noRestrictedImports");
  });

  it.each([
    ["src/core/seeded.ts", "./types.ts"],
    ["src/adapters/slack/seeded.ts", "../../core/types.ts"],
    ["src/http/seeded.ts", "../core/ports.ts"],
  ])("the linter allows that %s imports %s", (path, imported) => {
    expect(lint(path, imported)).not.toContain("noRestrictedImports");
  });
});
