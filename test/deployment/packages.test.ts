import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("the packages", () => {
  it("are locked by content, not by the address they came from", () => {
    const lockfile = read("package-lock.json");
    expect(lockfile).toContain('"integrity": "sha512-');
    expect(lockfile).not.toMatch(/"resolved": "https?:/);
  });

  it("all stand in the README's table with the reason for them", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json"));
    const named = [...read("README.md").matchAll(/^\| ((?:`[@a-z0-9/-]+`(?:, )?)+) \|/gm)]
      .flatMap(([, names]) => names?.split(", ") ?? [])
      .map((name) => name.replaceAll("`", ""));
    const used = Object.keys({ ...dependencies, ...devDependencies });
    expect(named.sort()).toEqual(used.sort());
  });
});
