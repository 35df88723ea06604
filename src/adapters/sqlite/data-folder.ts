import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes the folder of `DATA_DIR` where it is missing.
 *
 * One level at a time: with `recursive`, Node tries for ever where the system answers that a folder
 * cannot be made because its parent is missing although it is there, as below `/proc`.
 *
 * @throws Error that says which path cannot be used, why, and what to do
 */
export function makeDataFolder(directory: string): void {
  try {
    make(directory);
  } catch (cause) {
    throw new Error(
      `DATA_DIR is ${directory}, and ${reasonOf(cause, directory)}. Name a folder in DATA_DIR that this user may write to.`,
      { cause },
    );
  }
}

function make(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new NotAFolder(path);
  if (dirname(path) !== path) make(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

class NotAFolder extends Error {
  constructor(path: string) {
    super(`${path} is a file, not a folder`);
  }
}

function reasonOf(error: unknown, directory: string): string {
  if (error instanceof NotAFolder) return error.message;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  const path = error instanceof Error && "path" in error ? String(error.path) : directory;
  if (code === "ENOTDIR") return "a part of that path is a file, not a folder";
  return `${path} cannot be made or entered (${code})`;
}
