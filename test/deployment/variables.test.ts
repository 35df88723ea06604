import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { variables as table } from "../../src/config/variables.ts";
import { ConfigError, loadConfig } from "../../src/config.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const namesIn = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name]) => name ?? "").sort();

const example = read(".env.example");
const variables = Object.keys(table).sort();
const composesOwn = "COMPOSE_PROFILES";

describe("the variables", () => {
  it("are the same in the code, in .env.example and in the README's tables", () => {
    const inExample = namesIn(example, /^#?([A-Z][A-Z0-9_]+)=/gm);
    const inReadme = namesIn(read("README.md"), /^\| `([A-Z][A-Z0-9_]+)` \|/gm);
    expect(variables.length).toBeGreaterThan(30);
    expect(inExample).toEqual([...variables, composesOwn].sort());
    expect(inReadme).toEqual([...variables, composesOwn].sort());
  });

  it.each(Object.entries(table).filter(([, { byDefault }]) => byDefault !== null))(
    "%s has one default, in the table, the README and .env.example",
    (name, { byDefault }) => {
      const inReadme = new RegExp(`^\\| \`${name}\` \\| \`([^\`]*)\``, "m");
      expect(inReadme.exec(read("README.md"))?.[1]).toBe(byDefault);
      const lines = example.split("\n").map((line) => line.replace(/^#(?=[A-Z])/, ""));
      expect(lines).toContain(`${name}=${byDefault}`);
    },
  );

  it("that the README proposes for what people want are there, with values that are taken", () => {
    const table = /\| you want … \|[\s\S]*?\n\n/.exec(read("README.md"))?.[0] ?? "";
    const proposed = [...table.matchAll(/`([A-Z0-9_]+)(?:=([^`]*))?`/g)];
    expect(table.split("\n").filter((line) => line.startsWith("| ")).length).toBe(1 + 11);
    for (const [, name = "", value] of proposed) {
      expect(variables).toContain(name);
      if (value === undefined) continue;
      const others = problemsOf({}).map((problem) => problem.split(" ")[0]);
      const problems = problemsOf({ [name]: value }).filter(
        (problem) => !others.includes(problem.split(" ")[0] ?? "") && problem.startsWith(name),
      );
      expect(problems).toEqual([]);
    }
  });

  it("of a fresh copy of .env.example are all valid; only what has no default is missing", () => {
    const problems = problemsOf(parseEnv(example));
    expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
      "INTERCOM_ACCESS_TOKEN",
      "INTERCOM_ADMIN_ID",
      "INTERCOM_WEBHOOK_SECRET",
      "OPENAI_API_KEY",
    ]);
  });

  it("stand in .env.example with their defaults", () => {
    const required = {
      INTERCOM_ACCESS_TOKEN: "token",
      INTERCOM_WEBHOOK_SECRET: "secret",
      INTERCOM_ADMIN_ID: "1",
      OPENAI_API_KEY: "key",
    };
    const everything = parseEnv(example.replace(/^#(?=[A-Z][A-Z0-9_]+=)/gm, ""));
    const examplesOnly = {
      OPENAI_BASE_URL: undefined,
      SLACK_REVIEWERS: undefined,
      REDIS_URL: undefined,
      MEMORY_URL: undefined,
    };
    expect(loadConfig({ ...everything, ...examplesOnly, ...required })).toEqual(
      loadConfig(required),
    );
  });
});

function problemsOf(environment: Record<string, string | undefined>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
