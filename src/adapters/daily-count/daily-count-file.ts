import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { DayCountStore } from "../../core/answering/daily-count.ts";
import type { Log } from "../../core/ports.ts";

const form = z.object({ day: z.string(), replies: z.number(), dollars: z.number() });

/**
 * The day's count in a small file, so that a restart does not begin it anew. Where it cannot be
 * written, the count holds for this process, and the log says so once.
 *
 * @param makeFolder makes the folder where it is missing
 */
export function createDailyCountFile(
  directory: string,
  makeFolder: () => void,
  log: Log,
): DayCountStore {
  const path = join(directory, "daily-count.json");
  let isTold = false;
  return {
    read() {
      try {
        return form.parse(JSON.parse(readFileSync(path, "utf8")));
      } catch {
        // None yet, or one that nobody can read: the day begins here.
        return null;
      }
    },
    write(count) {
      try {
        makeFolder();
        writeFileSync(`${path}.new`, JSON.stringify(count));
        // All of it or nothing, also when the process dies in between.
        renameSync(`${path}.new`, path);
      } catch (error) {
        if (!isTold) log.warn({ path, error }, "the day's count is not kept over a restart");
        isTold = true;
      }
    },
  };
}
