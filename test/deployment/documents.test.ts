import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const documents = [
  "README.md",
  "SECURITY.md",
  ...readdirSync(new URL("docs", root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe.each(documents)("%s", (document) => {
  const text = read(document).replaceAll(/```[\s\S]*?```/g, "");

  it("names only files that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|docs|prompts)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });

  it("links only to pages and headings that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      ([, link = ""]) => link,
    );
    const broken = links.filter((link) => {
      const [path = "", heading] = link.split("#");
      const file = path === "" ? new URL(document, root) : new URL(path, new URL(document, root));
      if (!existsSync(file)) return true;
      return heading !== undefined && !headingsOf(readFileSync(file, "utf8")).includes(heading);
    });
    expect(broken).toEqual([]);
  });
});

describe("docs/contributing.md", () => {
  it("names only commands that there are", () => {
    const text = read("docs/contributing.md");
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const scriptsNamed = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(scriptsNamed.filter((name) => !(name in scripts))).toEqual([]);
    const makefile = read("Makefile");
    const targets = [...text.matchAll(/\bmake ([a-z-]+)(?=[\s`])/g)].map(([, name = ""]) => name);
    expect(targets.filter((name) => !makefile.includes(`\n${name}:`))).toEqual([]);
    expect(scriptsNamed.length + targets.length).toBeGreaterThan(8);
  });
});

/** As GitHub makes anchors of headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
