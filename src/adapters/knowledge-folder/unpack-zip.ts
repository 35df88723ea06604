import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Entry } from "yauzl";
import { isDocument } from "../../lib/document-text.ts";
import { isReadable } from "../../lib/file-text.ts";

/** What a zip came to. */
export type Unpacked = {
  /** Files that were written. */
  files: number;
  /** What was left out, each with why. */
  leftOut: { file: string; why: string }[];
};

/** Why nothing of a zip can be used, in words for whoever sent it. */
export class ZipRefusedError extends Error {
  override readonly name = "ZipRefusedError";
}

const limits = { entries: 10_000, fileBytes: 10 * 1024 * 1024, allBytes: 200 * 1024 * 1024 };
/** The upper half of a Unix file's mode: what kind of file it is. */
const fileType = { mask: 0o170000, link: 0o120000 };

/**
 * Writes the readable files of a zip into a folder. Nothing leaves that folder, whatever the zip
 * calls its files, and no more is unpacked than the limits say, whatever it says of their sizes.
 *
 * @param folder which is there
 * @throws ZipRefusedError when the zip cannot be read or holds too much; a part may be written then
 */
export async function unpackZip(bytes: Buffer, folder: string): Promise<Unpacked> {
  // Most processes never unpack anything.
  const { default: yauzl } = await import("yauzl");
  const leftOut: Unpacked["leftOut"] = [];
  const wanted: Entry[] = [];
  let [entries, size] = [0, 0];
  try {
    // The library refuses names that lead out of the folder, and streams longer than their entry says.
    const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      if (entries > limits.entries) throw tooMuch(`more than ${limits.entries} entries`);
      const file = entry.fileName;
      if (file.endsWith("/") || isBeside(file)) continue;
      const isLink = ((entry.externalFileAttributes >>> 16) & fileType.mask) === fileType.link;
      const why = whyLeftOut(file, isLink, entry.uncompressedSize);
      if (why === null) {
        wanted.push(entry);
        size += entry.uncompressedSize;
      } else leftOut.push({ file, why });
    }
    if (size > limits.allBytes) throw tooMuch("more than 200 MB unpacked");
    for (const entry of wanted) {
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      const content = await zip.openReadStreamPromise(entry);
      // It may fail once more after it was let go of.
      content.on("error", () => {});
      await pipeline(content, createWriteStream(path));
    }
  } catch (error) {
    throw error instanceof ZipRefusedError ? error : unreadable(error);
  }
  if (wanted.length === 0) throw new ZipRefusedError("there is no file in it that can be read");
  return { files: wanted.length, leftOut };
}

function whyLeftOut(file: string, isLink: boolean, size: number): string | null {
  const extension = extname(file).toLowerCase();
  if (isLink) return "it is a link";
  if (!isReadable(extension) && !isDocument(extension)) return "files of its kind are not read";
  return size > limits.fileBytes ? "it is larger than 10 MB" : null;
}

/** What programs put beside the files: hidden ones, and the Mac's `__MACOSX`. */
function isBeside(file: string): boolean {
  return file.startsWith("__MACOSX/") || basename(file).startsWith(".");
}

function tooMuch(what: string): ZipRefusedError {
  return new ZipRefusedError(`it holds ${what}: name its folder in KNOWLEDGE_SOURCES instead`);
}

function unreadable(cause: unknown): ZipRefusedError {
  const why = cause instanceof Error ? cause.message : "unknown";
  return new ZipRefusedError(`it is no zip that can be read (${why})`, { cause });
}
