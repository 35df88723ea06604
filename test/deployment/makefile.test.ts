import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const makefile = readFileSync(`${root}Makefile`, "utf8");
const program = "make";
const make = (words: string[] = [], input = "") =>
  execFileSync(program, ["--no-print-directory", ...words], { cwd: root, encoding: "utf8", input });

const phony = /^\.PHONY:((?:.*\\\n)*.*)$/m.exec(makefile)?.[1] ?? "";
const targets = phony.split(/[\s\\]+/).filter((name) => name !== "");

describe("Makefile", () => {
  it("lists every target with what it does, also when none is named", () => {
    const lines = make(["help"]).trimEnd().split("\n");
    expect(lines.map((line) => line.trim().split(" ")[0])).toEqual(targets);
    expect(lines.filter((line) => !/^ {2}\S+ +[A-Z].{10,}$/.test(line))).toEqual([]);
    expect(make()).toBe(make(["help"]));
  });

  it("runs npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    const run = [...makefile.matchAll(/npm run --silent ([a-z:-]+)/g)].map(
      ([, name]) => name ?? "",
    );
    expect(run.length).toBeGreaterThan(5);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("hands a question on as it was typed", () => {
    const question = `What's "5 $HOME" \`worth\`?`;
    // printf in the place of the script prints what the script would be given.
    const recipe = makefile.replaceAll("npm run --silent ask -- ", "printf %s ");
    const words = ["--file=-", "--assume-old=node_modules/.installed", "ask", `Q=${question}`];
    const printed = make(words, recipe);
    expect(printed).toBe(question);
  });
});
