import { expect, it } from "vitest";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { withWatchedLists } from "../../src/compose/watched-lists.ts";
import { createDependencyHealth } from "../../src/core/dependency-health.ts";
import { UpstreamError } from "../../src/lib/errors.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

it("shows a memory that a page could not list as failing, until it lists again", async () => {
  const health = createDependencyHealth(["memory"], () => 1_000);
  const log = createRecordingLog();
  const stored = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  const listAnswers = async () => {
    throw new UpstreamError("postgres", "listAnswers", "nothing listens there");
  };
  const memory = withWatchedLists({ ...stored, listAnswers }, health);
  const { signal } = new AbortController();
  const page = { limit: 20, after: null };
  await expect(memory.listAnswers({ statuses: ["answer"] }, page, signal)).rejects.toThrow();
  expect(health.report()).toMatchObject({ memory: { state: "failing", ageSeconds: 0 } });
  expect(await memory.findAnswers("norway", 5, signal)).toEqual([]);
  expect(health.report()).toMatchObject({ memory: { state: "ok" } });
  stored.close();
});
