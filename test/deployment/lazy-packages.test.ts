import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;

/** Packages that only some installations use; each costs memory and time as soon as it is loaded. */
const onDemand = [
  "prom-client",
  "bullmq",
  "ioredis",
  "mem0ai",
  "pg",
  "linkedom",
  "@mozilla/readability",
  "robots-parser",
  "mammoth",
  "csv-parse",
  "yauzl",
  "unpdf",
  "csv-parse",
  "@opentelemetry/api",
];

const listLoaded = `
  import { registerHooks } from "node:module";
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name !== undefined) loaded.add(name);
      return next(url, context);
    },
  });
  await import("./src/compose.ts");
  console.log(JSON.stringify([...loaded]));
  process.exit();
`;

it("loads nothing at the start that only some installations use", () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", listLoaded],
    { cwd: root, encoding: "utf8" },
  );
  expect(stdout, stderr).not.toBe("");
  const loaded = JSON.parse(stdout) as string[];
  expect(loaded).toContain("express");
  expect(loaded.filter((name) => onDemand.includes(name))).toEqual([]);
});
