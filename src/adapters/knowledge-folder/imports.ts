import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { KnowledgeFolder } from "./knowledge-folders.ts";
import { type Unpacked, unpackZip } from "./unpack-zip.ts";

/** Zips that were imported, each a folder of its own below the data folder. */
export type Imports = {
  /** Those there are. */
  all(): KnowledgeFolder[];
  /**
   * Unpacks a zip, in place of the one of that name. Until all of it is there the old one stays.
   *
   * @param name one that `isImportName`
   * @throws ZipRefusedError
   */
  take(
    name: string,
    isInternal: boolean,
    bytes: Buffer,
  ): Promise<Unpacked & { folder: KnowledgeFolder }>;
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>;
};

const audiences = { customers: false, internal: true };
/** Folders that are not whole yet, and those that make way; a name never begins so. */
const marks = { incoming: ".incoming-", old: ".old-", passing: ".passing-" };
/** No zip is read for so long. */
const longestPassingMs = 3_600_000;

/** Whether an import may be called so: letters, digits, blanks, `-` and `_`. */
export function isImportName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,59}$/u.test(name);
}

/** @param root where they are kept; made with the first import */
export function createImports(root: string): Imports {
  const place = (name: string, isInternal: boolean) =>
    join(root, isInternal ? "internal" : "customers", name);

  return {
    all: () =>
      Object.entries(audiences).flatMap(([audience, isInternal]) =>
        namesIn(audience).map((name) => ({
          name,
          path: place(name, isInternal),
          isInternal,
          language: null,
        })),
      ),
    async take(name, isInternal, bytes) {
      const path = place(name, isInternal);
      mkdirSync(join(path, ".."), { recursive: true });
      const incoming = join(path, "..", `${marks.incoming}${randomUUID()}`);
      mkdirSync(incoming);
      try {
        const unpacked = await unpackZip(bytes, incoming);
        const old = join(path, "..", `${marks.old}${name}`);
        if (existsSync(path)) await rename(path, old);
        await rename(incoming, path);
        await rm(old, { recursive: true, force: true });
        // Of one name there is one, whoever it is for.
        await rm(place(name, !isInternal), { recursive: true, force: true });
        return { ...unpacked, folder: { name, path, isInternal, language: null } };
      } finally {
        await rm(incoming, { recursive: true, force: true });
      }
    },
    async remove(name) {
      const there = [true, false].map((isInternal) => place(name, isInternal)).filter(existsSync);
      for (const path of there) await rm(path, { recursive: true });
      return there.length > 0;
    },
  };

  function namesIn(audience: string): string[] {
    const folder = join(root, audience);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter(isImportName).sort();
  }
}

/** Where a zip is unpacked for as long as it is read: each time another folder. */
export function passingFolder(root: string): string {
  return join(root, `${marks.passing}${randomUUID()}`);
}

/**
 * Removes what a killed process left behind: half of a new one goes, an old one comes back. Not while
 * another process imports.
 */
export function tidyImports(root: string): void {
  for (const entry of existsSync(root) ? readdirSync(root) : []) {
    const path = join(root, entry);
    const isPassing = entry.startsWith(marks.passing);
    if (isPassing && statSync(path).mtimeMs < Date.now() - longestPassingMs) {
      rmSync(path, { recursive: true, force: true });
    }
  }
  for (const audience of Object.keys(audiences)) {
    const folder = join(root, audience);
    for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
      const path = join(folder, entry);
      const name = entry.startsWith(marks.old) ? entry.slice(marks.old.length) : null;
      if (name !== null && !existsSync(join(folder, name))) renameSync(path, join(folder, name));
      else if (name !== null || entry.startsWith(marks.incoming)) {
        rmSync(path, { recursive: true, force: true });
      }
    }
  }
}
