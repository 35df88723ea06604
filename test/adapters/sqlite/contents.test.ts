import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillSqliteContents, readSqliteContents } from "../../../src/adapters/sqlite/contents.ts";
import { describeCopying } from "../../contracts/copying.ts";
import { sqliteEnd } from "../../fixtures/copy-ends.ts";

describeCopying("from a file to a file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "copy-"));
  const [one, other] = [join(directory, "one"), join(directory, "other")];
  mkdirSync(other);
  return {
    source: sqliteEnd(one, async () => readSqliteContents(one)),
    target: sqliteEnd(other, async () => fillSqliteContents(other)),
    async clear() {
      rmSync(directory, { recursive: true });
    },
  };
});
