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
    ["src/core/seeded.ts", "./judging/decide.ts"],
    ["src/core/judging/seeded.ts", "zod"],
    ["src/core/judging/seeded.ts", "node:crypto"],
    ["src/core/judging/seeded.ts", "../../lib/errors.ts"],
    ["src/core/judging/seeded.ts", "../answering/act.ts"],
    ["src/core/knowledge/seeded.ts", "../judging/decide.ts"],
    ["src/core/answering/seeded.ts", "../reviewing/settle-review.ts"],
    ["src/core/learning/seeded.ts", "../answering/act.ts"],
    ["src/core/explaining/seeded.ts", "../reviewing/settle-review.ts"],
    ["src/core/answering/seeded.ts", "../explaining/recent-journeys.ts"],
    ["src/core/reviewing/seeded.ts", "../learning/backfill.ts"],
    ["src/core/reviewing/seeded.ts", "../proving/seeded.ts"],
    ["src/core/proving/seeded.ts", "../insight/insight.ts"],
    ["src/core/insight/seeded.ts", "zod"],
    ["src/lib/seeded.ts", "../core/types.ts"],
    ["src/lib/room/seeded.ts", "../../core/types.ts"],
    ["src/adapters/slack/seeded.ts", "../intercom/intercom.ts"],
    ["src/adapters/slack/seeded.ts", "../../config.ts"],
    ["src/http/seeded.ts", "../adapters/sqlite/database.ts"],
    ["src/http/seeded.ts", "../compose.ts"],
  ])("the linter refuses that %s imports %s", (path, imported) => {
    expect(lint(path, imported)).toContain("noRestrictedImports");
  });

  it.each([
    ["src/core/seeded.ts", "./types.ts"],
    ["src/core/judging/seeded.ts", "../types.ts"],
    ["src/core/answering/seeded.ts", "../judging/decide.ts"],
    ["src/core/answering/seeded.ts", "../knowledge/recall.ts"],
    ["src/core/learning/seeded.ts", "../knowledge/answer-memory.ts"],
    ["src/core/explaining/seeded.ts", "../judging/why-quiet.ts"],
    ["src/core/reviewing/seeded.ts", "../answering/act.ts"],
    ["src/core/proving/seeded.ts", "../learning/backfill.ts"],
    ["src/adapters/slack/seeded.ts", "../../core/types.ts"],
    ["src/http/seeded.ts", "../core/ports.ts"],
    ["src/lib/room/seeded.ts", "../errors.ts"],
  ])("the linter allows that %s imports %s", (path, imported) => {
    expect(lint(path, imported)).not.toContain("noRestrictedImports");
  });
});
