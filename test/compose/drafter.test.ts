import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOtherDrafter, otherPromptSets } from "../../src/compose/drafter.ts";
import { loadConfig } from "../../src/config.ts";
import { conversation, customer, part, recallOf } from "../fixtures/conversations.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "prompts-"));
  for (const name of ["short", "half"]) await mkdir(join(directory, name));
  await writeFile(join(directory, "short/system.md"), "Be short. {{answerFormat}}");
  await writeFile(join(directory, "half/system.md"), "Be long. {{answerFormat}}");
  const user = new URL("../../prompts/user.md", import.meta.url);
  await copyFile(user, join(directory, "short/user.md"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const config = loadConfig({ MOCK_MODE: "true" });

describe("other prompts to compare with", () => {
  it("are the folders that hold both files", () => {
    expect(otherPromptSets(directory)).toEqual(["short"]);
  });

  it("are what the model is told in place of those in use", async () => {
    const drafter = createOtherDrafter(config, "short", createRecordingLog(), directory);
    const messages = [part(customer, "Hello?")];
    const turn = { basePartId: messages[0]?.id ?? "", messages, earlier: [] };
    const drafting = await drafter.draft(
      { conversation: conversation(messages), turn, history: [], recall: recallOf([]) },
      AbortSignal.timeout(10_000),
    );
    const draft = "draft" in drafting ? drafting.draft : null;
    expect(draft?.origin.prompt.system).toMatch(/^Be short\./);
  });

  it("must exist, below their folder", () => {
    for (const name of ["half", "none", "../prompts", ""]) {
      const create = () => createOtherDrafter(config, name, createRecordingLog(), directory);
      expect(create).toThrow("There is no folder prompts/");
    }
  });
});
