import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InsightData, InsightStore } from "../../core/insight/insight-run.ts";

/** Raised whenever another shape is written: an older file is built anew. */
const version = 2;

/**
 * `insight.json` in the folder of `DATA_DIR`: counts and times of conversations, as `npm run insight`
 * read them. A file of another version, or one that cannot be read, counts as none.
 *
 * @param makeFolder makes the folder where it is missing
 */
export function createInsightFile(directory: string, makeFolder: () => void): InsightStore {
  const path = join(directory, "insight.json");
  return {
    read() {
      try {
        const file = JSON.parse(readFileSync(path, "utf8"));
        return file.version === version ? (file.data as InsightData) : null;
      } catch {
        return null;
      }
    },
    write(data) {
      makeFolder();
      const beside = `${path}.${process.pid}.new`;
      writeFileSync(beside, JSON.stringify({ version, data }));
      renameSync(beside, path);
    },
  };
}
