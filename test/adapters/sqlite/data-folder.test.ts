import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/adapters/sqlite/database.ts";

const folder = mkdtempSync(join(tmpdir(), "data-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("DATA_DIR", () => {
  it("is made with everything above it", () => {
    const database = openDatabase(join(folder, "not/yet/there"));
    expect(database.isOpen).toBe(true);
    database.close();
  });

  it("that is a file, or lies below one, is named with what to do", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const directory of [file, join(file, "below")]) {
      expect(() => openDatabase(directory)).toThrow(
        /DATA_DIR is .*file.* not a folder.*Name a folder/,
      );
    }
  });

  it("that cannot be made ends the start instead of holding it up", () => {
    expect(() => openDatabase("/proc/auto-responder/data")).toThrow(
      /DATA_DIR is \/proc\/auto-responder\/data.*cannot be made.*Name a folder/,
    );
  });

  it("with a damaged memory says which file and what to do, and leaves the file as it is", () => {
    const directory = join(folder, "damaged");
    mkdirSync(directory);
    const path = join(directory, "memory.sqlite");
    const content = "this was a database once ".repeat(400);
    writeFileSync(path, content);
    expect(() => openDatabase(directory)).toThrow(
      new RegExp(`DATA_DIR.*${path}.*damaged.*back-up.*mv ${path}`),
    );
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("with a folder in the place of the memory says that it cannot be opened", () => {
    const directory = join(folder, "occupied");
    mkdirSync(join(directory, "memory.sqlite"), { recursive: true });
    expect(() => openDatabase(directory)).toThrow(/DATA_DIR.*cannot be opened/);
  });
});
