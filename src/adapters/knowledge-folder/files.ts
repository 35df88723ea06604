import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { Log } from "../../core/ports.ts";
import { isDocument } from "../../lib/document-text.ts";
import { isReadable } from "../../lib/file-text.ts";

/** A file of a folder: where it lies, and by which way from the folder it was found. */
export type FoundFile = { path: string; way: string[] };

/**
 * The readable files of a folder and of those in it, in the order of their names, without what is
 * hidden and `node_modules`. A link to a file counts where that file lies in the folder too and is
 * not found by itself; one that leads elsewhere is named in the log and left out.
 *
 * @throws Error when a folder cannot be read: what it holds is then not known
 */
export async function filesIn(folder: string, name: string, log: Log): Promise<FoundFile[]> {
  const root = await realpath(folder);
  const found: FoundFile[] = [];
  const links: FoundFile[] = [];
  await walk([]);
  const known = new Set(found.map(({ path }) => path));
  for (const link of links) {
    const path = await targetOf(link);
    if (path === null || known.has(path)) continue;
    known.add(path);
    found.push({ path, way: link.way });
  }
  return found;

  async function walk(way: string[]): Promise<void> {
    const entries = await readdir(join(root, ...way), { withFileTypes: true });
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const here = [...way, entry.name];
      const file = { path: join(root, ...here), way: here };
      if (entry.isDirectory()) await walk(here);
      else if (entry.isSymbolicLink()) links.push(file);
      else if (entry.isFile() && isReadableFile(entry.name)) found.push(file);
    }
  }

  async function targetOf({ path, way }: FoundFile): Promise<string | null> {
    const file = `${name}/${way.join("/")}`;
    try {
      const target = await realpath(path);
      if (!target.startsWith(root + sep)) {
        log.warn({ file }, "link left out: it leads out of the folder");
        return null;
      }
      return isReadableFile(path) && (await stat(target)).isFile() ? target : null;
    } catch (error) {
      log.warn({ file, error }, "link left out: it leads nowhere");
      return null;
    }
  }
}

function isReadableFile(path: string): boolean {
  const extension = extname(path).toLowerCase();
  return isReadable(extension) || isDocument(extension);
}
