import { expect, it } from "vitest";
import type { SlackClients } from "../../../src/adapters/slack/clients.ts";
import { postDigest } from "../../../src/adapters/slack/digest.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const digest = { sentences: ["A week."], days: [] };
const toDo = { overtaken: 1, contradictions: 2, suggested: 4 };

/** What the channel is told. */
async function told(about: { toDo: typeof toDo | null; memoryUrl: string | null }) {
  const said: string[] = [];
  const filesUploadV2 = async ({ initial_comment }: { initial_comment: string }) =>
    void said.push(initial_comment);
  const clients = { posting: { filesUploadV2 } } as unknown as SlackClients;
  const log = createRecordingLog();
  await postDigest(digest, { channelId: "C1", clients, pageUrl: null, log, ...about });
  return said.join("\n");
}

it("tells what of the knowledge is to be looked at, with the page where that is done", async () => {
  expect(await told({ toDo, memoryUrl: "https://responder.example/memory" })).toMatch(
    /^A week\.\n.*\nTo keep the knowledge true: one remembered answer still says .*; 2 pairs of articles contradict each other; 4 questions were answered again and again .*\. Look at it: https:\/\/responder\.example\/memory\?show=disagreeing$/,
  );
  expect(await told({ toDo, memoryUrl: null })).toMatch(/no article behind them\.$/);
});

it("tells nothing of it where there is nothing, or nobody knows", async () => {
  const nothing = { overtaken: 0, contradictions: 0, suggested: 0 };
  for (const none of [null, nothing]) {
    expect(await told({ toDo: none, memoryUrl: null })).not.toContain("knowledge");
  }
});
