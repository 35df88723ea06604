import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Whether a file system of a few kilobytes can be mounted here, seen by one process only. */
export const hasTinyDisk =
  spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
if (!hasTinyDisk) {
  process.stderr.write("No tmpfs may be mounted here: tests of a full disk are skipped.\n");
}

/**
 * What to put before a command so that a folder is a disk of its own, which ends with the process.
 *
 * @param directory exists already
 */
export function onTinyDisk(directory: string, kilobytes: number): string[] {
  const script = `mount -t tmpfs -o size=${kilobytes}k tmpfs '${directory}' && exec "$@"`;
  return ["unshare", "-rm", "sh", "-c", script, "sh"];
}

/** Writes the disk of a process full. @returns whether it is; the process may have ended meanwhile */
export function fillDisk(processId: number, directory: string): boolean {
  try {
    const file = openSync(fillerOf(processId, directory), "w");
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOSPC";
  }
}

export function freeDisk(processId: number, directory: string): void {
  rmSync(fillerOf(processId, directory), { force: true });
}

/** A process's own view of the file system. */
function fillerOf(processId: number, directory: string): string {
  return join(`/proc/${processId}/root`, directory, "filler");
}
