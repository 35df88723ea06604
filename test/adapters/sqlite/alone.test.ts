import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAlone } from "../../../src/adapters/sqlite/alone.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "alone-"));
  directories.push(directory);
  return directory;
}

describe("a second process on the same DATA_DIR", () => {
  it("is noticed by itself, which says so until the first one is gone", async () => {
    const directory = newDirectory();
    const log = createRecordingLog();
    const first = createAlone(directory, createRecordingLog());
    const second = createAlone(directory, log, 10);
    expect([first.isOtherThere(), second.isOtherThere()]).toEqual([false, true]);
    await vi.waitFor(() => expect(log.lines.length).toBeGreaterThan(1), { timeout: 10_000 });
    expect(log.lines[0]).toMatchObject({
      level: "error",
      event: expect.stringMatching(/another process .*REDIS_URL/),
    });
    first.stop();
    await vi.waitFor(() => expect(second.isOtherThere()).toBe(false), { timeout: 10_000 });
    expect(log.lines.at(-1)).toMatchObject({ level: "info" });
    second.stop();
  });

  it("is none where the folders differ, or where the first one has ended", () => {
    const [one, other] = [newDirectory(), newDirectory()];
    const log = createRecordingLog();
    const first = createAlone(one, log);
    const second = createAlone(other, log);
    first.stop();
    const third = createAlone(one, log);
    expect([second.isOtherThere(), third.isOtherThere()]).toEqual([false, false]);
    expect(log.lines).toEqual([]);
    second.stop();
    third.stop();
  });
});
