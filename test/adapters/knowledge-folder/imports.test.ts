import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createImports,
  isImportName,
  tidyImports,
} from "../../../src/adapters/knowledge-folder/imports.ts";

const megabyte = 1024 * 1024;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "imports-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const zip = (files: Zippable) => Buffer.from(zipSync(files, { level: 1 }));
const text = (words: string) => Buffer.from(words);
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

// Packing the bombs takes a while.
describe("a zip that is imported", { timeout: 60_000 }, () => {
  it("gives a folder of the files in it that can be read", async () => {
    const { folder, files, leftOut } = await createImports(root).take(
      "Hand book",
      true,
      zip({
        "docs/a.md": text("# A"),
        "docs/deep/b.txt": text("B"),
        "docs/logo.png": text("x"),
        "docs/.hidden.md": text("x"),
        "__MACOSX/docs/a.md": text("x"),
        "docs/link.md": [text("/etc/passwd"), { os: 3, attrs: (0o120777 << 16) >>> 0 }],
      }),
    );
    expect(folder).toMatchObject({ name: "Hand book", isInternal: true });
    expect([files, filesIn(folder.path)]).toEqual([2, ["docs/a.md", "docs/deep/b.txt"]]);
    expect(leftOut).toEqual([
      { file: "docs/logo.png", why: "files of its kind are not read" },
      { file: "docs/link.md", why: "it is a link" },
    ]);
    expect(createImports(root).all()).toEqual([folder]);
  });

  it.each([
    "../outside.md",
    "docs/../../outside.md",
    "/tmp/outside.md",
    "C:/outside.md",
    "..\\outside.md",
  ])("does not write %s anywhere outside", async (name) => {
    const before = existsSync("/tmp/outside.md");
    await createImports(root)
      .take("a", false, zip({ "good.md": text("good"), [name]: text("bad") }))
      .catch(() => {});
    expect(filesIn(root).filter((file) => !file.startsWith("customers/a/"))).toEqual([]);
    expect(existsSync(join(root, "..", "outside.md"))).toBe(before);
  });

  it("is refused whole where it is a bomb, lies about its sizes or is none, and the old one stays", async () => {
    const imports = createImports(root);
    const { folder } = await imports.take("a", false, zip({ "a.md": text("old") }));
    const flood = Buffer.alloc(9 * megabyte);
    const many = Object.fromEntries(Array.from({ length: 24 }, (_, one) => [`${one}.md`, flood]));
    const liar = zip({ "a.md": Buffer.alloc(20 * megabyte) });
    // The size in the central directory, the only one that counts.
    const central = liar.lastIndexOf(Buffer.from("PK\u0001\u0002", "latin1"));
    liar.writeUInt32LE(1_000, central + 24);
    const entries = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, one) => [`${one}.x`, new Uint8Array()]),
    );
    for (const [bytes, why] of [
      [zip(many), "more than 200 MB"],
      [liar, "too many bytes"],
      [zip(entries), "more than 10000 entries"],
      [text("no zip at all"), "no zip that can be read"],
      [zip({ "a.png": text("x") }), "no file in it that can be read"],
    ] as const) {
      await expect(imports.take("a", false, bytes)).rejects.toThrow(why);
    }
    expect(filesIn(root)).toEqual(["customers/a/a.md"]);
    expect(readFileSync(join(folder.path, "a.md"), "utf8")).toBe("old");
  });

  it("takes the place of the one of its name, whoever that was for, and can be removed", async () => {
    const imports = createImports(root);
    await imports.take("a", false, zip({ "a.md": text("old"), "gone.md": text("gone") }));
    await imports.take("a", true, zip({ "a.md": text("new") }));
    expect(filesIn(root)).toEqual(["internal/a/a.md"]);
    expect([await imports.remove("a"), await imports.remove("a")]).toEqual([true, false]);
    expect(imports.all()).toEqual([]);
  });

  it("leaves nothing half behind where the process was killed", async () => {
    const imports = createImports(root);
    await imports.take("a", false, zip({ "a.md": text("kept") }));
    mkdirSync(join(root, "customers", ".incoming-x"));
    mkdirSync(join(root, "customers", ".old-b"));
    mkdirSync(join(root, "customers", ".old-a"));
    tidyImports(root);
    expect(readdirSync(join(root, "customers")).sort()).toEqual(["a", "b"]);
    expect(filesIn(root)).toEqual(["customers/a/a.md"]);
  });

  it("has a name that is no path", () => {
    for (const name of ["Hand book_2-b", "Hilfe für alle", "手冊"]) {
      expect(isImportName(name), name).toBe(true);
    }
    for (const name of ["", "../a", "a/b", ".a", "a\\b", "a\0", "-a", "a".repeat(61), "a.b"]) {
      expect(isImportName(name), name).toBe(false);
    }
  });
});
