import { statSync } from "node:fs";

/** Another text whenever the file was written, removed or put back; "none" where there is none. */
export function fileVersion(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return file === undefined ? "none" : `${file.ino}/${file.mtimeMs}/${file.size}`;
}
