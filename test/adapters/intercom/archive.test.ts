import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIntercom, type Intercom } from "../../../src/adapters/intercom/intercom.ts";
import { learnFrom } from "../../../src/core/learning/question-answer-pairs.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRequestChecker } from "../../stand-ins/openapi.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const { signal } = new AbortController();

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

let standIn: IntercomStandIn;
let log: ReturnType<typeof createRecordingLog>;
let archive: Intercom["archive"];

beforeEach(async () => {
  standIn = await startIntercomStandIn();
  log = createRecordingLog();
  ({ archive } = createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log,
  }));
});
afterEach(() => standIn.stop());

const opened = (at: number) => standIn.customerWrites(null, "Hello", { at }).conversationId;
const hour = 3_600_000;

describe("the archive of conversations", () => {
  it("lists what changed in a time, 150 a page, whatever its state", async () => {
    const all = Array.from({ length: 160 }, (_, n) => opened((n + 10) * hour));
    standIn.close(all[3] ?? "", { at: 13 * hour });
    const first = await archive.list({ after: 0, until: 1000 * hour }, null, signal);
    expect(first).toMatchObject({ total: 160 });
    expect(first.conversations).toHaveLength(150);
    const second = await archive.list({ after: 0, until: 1000 * hour }, first.next, signal);
    expect(second.conversations).toHaveLength(10);
    expect(second.next).toBeNull();

    const some = await archive.list({ after: 12 * hour, until: 14 * hour }, null, signal);
    expect(some.conversations).toEqual(
      [4, 3, 2].map((n) => ({ id: all[n], updatedAt: (n + 10) * hour })),
    );
  });

  it("reads a conversation and says when Intercom left out its beginning", async () => {
    const id = opened(hour);
    for (let n = 0; n < 501; n += 1) standIn.teammateWrites(id, `Part ${n}`, { at: 2 * hour });
    const read = await archive.read(id, signal);
    expect(read?.isCut).toBe(true);
    expect(read?.conversation.parts).toHaveLength(1 + 1 + 500);
    expect((await archive.read(opened(hour), signal))?.isCut).toBe(false);
  });

  it("answers null for what is gone", async () => {
    expect(await archive.read("404", signal)).toBeNull();
    expect(await archive.read("last", signal)).toBeNull();
  });

  it("names deleted conversations since a time, over several pages", async () => {
    const ids = Array.from({ length: 130 }, (_, n) => {
      const id = opened(hour);
      standIn.deleteConversation(id, { at: (n + 1) * hour });
      return id;
    });
    const since = async (time: number) => await all(archive.deletedSince(time, signal));
    expect((await since(0)).sort()).toEqual(ids.sort());
    expect(await since(129 * hour)).toHaveLength(2);
  });

  it("goes on without deletions where the API's version does not know them", async () => {
    standIn.setFault(({ path }) =>
      path === "/conversations/deleted" ? { kind: "status", status: 400, when: "before" } : null,
    );
    expect(await all(archive.deletedSince(0, signal))).toEqual([]);
    expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it("reads null bodies, unknown part types, and dates in seconds or in ISO 8601", async () => {
    const id = opened(hour);
    standIn.teammateWrites(id, "Open Settings and press the button.", { at: 2 * hour });
    const document = structuredClone(standIn.conversation(id));
    const [answer] = document.conversation_parts.conversation_parts;
    if (answer === undefined) throw new Error("The answer is missing");
    const strange = [
      { ...answer, id: "1", body: null },
      { ...answer, id: "2", part_type: "quantum_entanglement", body: "<p>Whatever</p>" },
      { ...answer, id: "3", created_at: "1970-01-01T03:00:00.000Z", body: "<p>And save it.</p>" },
      { ...answer, id: "4", author: null },
    ];
    const list = { ...document.conversation_parts, conversation_parts: [answer, ...strange] };
    standIn.import({
      ...document,
      updated_at: "1970-01-01T04:00:00Z",
      conversation_parts: list,
    } as never);
    const read = await archive.read(id, signal);

    expect(read?.conversation.updatedAt).toBe(4 * hour);
    if (read === null) throw new Error("It is there");
    const { turns } = learnFrom(read.conversation, () => null);
    expect(turns.map(({ text, at }) => [text, at])).toEqual([
      ["Hello", hour],
      ["Open Settings and press the button.", 2 * hour],
      ["And save it.", 3 * hour],
    ]);
  });

  it("takes a conversation with hardly anything in it", async () => {
    const bare = { id: "77", source: { id: "1" }, conversation_parts: { conversation_parts: [] } };
    standIn.import(bare as never);
    expect((await archive.read("77", signal))?.conversation).toMatchObject({
      id: "77",
      updatedAt: 0,
      parts: [{ kind: "event", text: "" }],
    });
  });

  it("says by its id which conversation cannot be read at all", async () => {
    standIn.import({
      id: "78",
      source: { id: "1" },
      conversation_parts: { conversation_parts: [] },
    } as never);
    Object.assign(standIn.conversation("78"), { id: null });
    await expect(archive.read("78", signal)).rejects.toThrow(
      "[intercom] GET /conversations/78 → an unreadable conversation",
    );
  });

  it("waits for the window's end instead of running into the limit", async () => {
    await standIn.stop();
    standIn = await startIntercomStandIn({ rateLimit: 12 });
    const { archive: limited } = createIntercom({
      baseUrl: standIn.baseUrl,
      appUrl: "https://app.intercom.com",
      accessToken: standIn.accessToken,
      version: "2.16",
      adminId: standIn.adminId,
      log,
    });
    const stopping = new AbortController();
    let answered = 0;
    const calls = Array.from({ length: 40 }, () =>
      limited.read("404", stopping.signal).then(
        () => {
          answered += 1;
        },
        () => {},
      ),
    );
    await expect.poll(() => answered, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    stopping.abort();
    await Promise.all(calls);
    expect(standIn.overLimit()).toBe(0);
    expect(standIn.requests.length).toBeLessThanOrEqual(16);
  });
});

const checker = createRequestChecker();
describe.skipIf(checker === null)(
  checker ? "its requests" : "its requests (skipped: Intercom's API description is not at hand)",
  () => {
    it("are as the API description allows", async () => {
      for (let n = 0; n < 160; n += 1) opened(hour);
      const first = await archive.list({ after: 0, until: 2 * hour }, null, signal);
      await archive.list({ after: 0, until: 2 * hour }, first.next, signal);
      await archive.read(opened(hour), signal);
      await all(archive.deletedSince(0, signal));
      expect(standIn.requests.length).toBe(4);
      expect(standIn.requests.flatMap((one) => checker?.violations(one) ?? [])).toEqual([]);
    });
  },
);
