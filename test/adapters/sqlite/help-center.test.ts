import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createContradictions } from "../../../src/compose/disagreeing.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { articleOf, describeHelpCenter } from "../../contracts/help-center.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

describeHelpCenter("SQLite, in a file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "help-center-"));
  const opened = [createSqliteHelpCenter(directory)];
  const [index] = opened;
  if (index === undefined) throw new Error("not opened");
  return {
    index,
    async another() {
      const another = createSqliteHelpCenter(directory);
      opened.push(another);
      return another;
    },
    async close() {
      for (const one of opened) await one.close();
      rmSync(directory, { recursive: true });
    },
  };
});

it("is said in the log where two articles contradict each other after a sync", async () => {
  const log = createRecordingLog();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { index, find } = createContradictions(createSqliteHelpCenter(":memory:"), log);
  const one = articleOf("The Team plan costs 12 € a month.");
  await index.put("published", one, passagesOf(one.text));
  expect(await find()).toEqual({ contradictions: [], articles: 1 });
  const other = articleOf("The Team plan costs 15 € a month.", { id: "b", articleId: "b" });
  await index.put("published", other, passagesOf(other.text));
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  const values = { articles: 2, contradictions: 1 };
  await vi.waitFor(() => expect(log.lines).toMatchObject([{ level: "warn", values }]), 10_000);
  expect((await find()).contradictions).toHaveLength(1);
  await index.close();
});

it("has abandoned what the one process does not name", async () => {
  const index = createSqliteHelpCenter(":memory:");
  for (const kind of ["published", "source:docs", "source:blog"] as const) {
    const one = articleOf("Refunds take five days.", { id: kind });
    await index.put(kind, one, passagesOf(one.text));
  }
  expect(await index.abandoned(["source:docs"])).toEqual(["source:blog"]);
  await index.close();
});
