import { afterEach, describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory, RememberedAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import { type Backfill, createBackfill } from "../../../src/core/learning/backfill.ts";
import type { BackfillOptions } from "../../../src/core/learning/backfill-report.ts";
import type {
  BackfillPorts,
  ConversationArchive,
} from "../../../src/core/learning/backfill-run.ts";
import type { Conversation, Part } from "../../../src/core/types.ts";
import { conversation, customer, part, teammate } from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const { signal } = new AbortController();
const everything: BackfillOptions = { since: null, until: null, limit: null, dryRun: false };
/** Long after everything in these tests. */
const now = Date.UTC(2026, 5, 1);
const minute = 60_000;
const memories: AnswerMemory[] = [];

afterEach(() => {
  for (const memory of memories.splice(0)) memory.close();
});

function createMemory(): AnswerMemory {
  const log = createRecordingLog();
  const memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  memories.push(memory);
  return memory;
}

/** A conversation with one question and one answer, changed at that time. */
function answered(id: string, updatedAt: number, more: Partial<Conversation> = {}): Conversation {
  const asked = part(customer, `How do I do thing number ${id}?`, {
    id: `${id}-1`,
    at: updatedAt - minute,
  });
  const reply = part(teammate, `Open page ${id} and press the button.`, {
    id: `${id}-2`,
    at: updatedAt,
  });
  return conversation([asked, reply], { id, updatedAt, ...more });
}

type World = {
  conversations: Map<string, Conversation>;
  deleted: { id: string; at: number }[];
  cut: Set<string>;
  reads: string[];
  /** Called before each reading. */
  onRead(id: string): void;
};

function createWorld(...list: Conversation[]): World {
  const conversations = new Map(list.map((one) => [one.id, one]));
  return { conversations, deleted: [], cut: new Set(), reads: [], onRead: () => {} };
}

/** Pages of 150 by position, so that rows shift when a conversation leaves the range. */
function archiveOf(world: World): ConversationArchive {
  return {
    async list({ after, until }, cursor) {
      const found = [...world.conversations.values()]
        .filter(({ updatedAt }) => updatedAt >= after - 1_000 && updatedAt <= until + 1_000)
        .sort((one, other) => other.updatedAt - one.updatedAt);
      const start = Number(cursor ?? 0);
      return {
        total: found.length,
        conversations: found.slice(start, start + 150),
        next: start + 150 < found.length ? String(start + 150) : null,
      };
    },
    async read(id) {
      world.onRead(id);
      world.reads.push(id);
      const found = world.conversations.get(id);
      return found === undefined ? null : { conversation: found, isCut: world.cut.has(id) };
    },
    async *deletedSince(time) {
      for (const { id, at } of world.deleted) if (at >= time) yield id;
    },
  };
}

function backfillOf(world: World, memory: AnswerMemory, more: Partial<BackfillPorts> = {}) {
  let lastId = 0;
  return createBackfill({
    archive: archiveOf(world),
    memory,
    clock: () => now,
    log: createRecordingLog(),
    sleep: async () => {},
    newId: () => `run-${++lastId}`,
    loadLanguageOf: async () => () => "en",
    redact: (text) => text.replaceAll("hunter2", "[password]"),
    ...more,
  });
}

async function runToEnd(backfill: Backfill, options: Partial<BackfillOptions> = {}) {
  backfill.start({ ...everything, ...options });
  await backfill.settled();
  const report = backfill.report();
  if (report === null) throw new Error("There was no run");
  return report;
}

const questions = async (memory: AnswerMemory) =>
  (await memory.findAnswers(null, 10_000, signal)).map(({ question }) => question).sort();

describe("a backfill", () => {
  it("learns from every conversation, those that changed longest ago first", async () => {
    const world = createWorld(...[3, 1, 2].map((n) => answered(`${n}`, n * minute)));
    const memory = createMemory();
    const report = await runToEnd(backfillOf(world, memory));

    expect(world.reads).toEqual(["1", "2", "3"]);
    expect(await questions(memory)).toHaveLength(3);
    expect((await memory.findConversation("2", signal)).turns).toHaveLength(2);
    expect(report).toMatchObject({
      id: "run-1",
      state: "done",
      conversations: { found: 3, read: 3, failed: 0 },
      stored: { turns: 6, answers: 3 },
      lastError: null,
    });
  });

  it("takes many conversations in slices of time, each once", async () => {
    const list = Array.from({ length: 4_000 }, (_, n) => answered(`${n}`, n * minute));
    const world = createWorld(...list);
    const report = await runToEnd(backfillOf(world, createMemory()), { dryRun: true });
    expect(world.reads).toHaveLength(4_000);
    expect(new Set(world.reads).size).toBe(4_000);
    expect(report.conversations.found).toBe(4_000);
  });

  it("reads only what is new or changed the next time", async () => {
    const world = createWorld(answered("1", minute), answered("2", 2 * minute));
    const memory = createMemory();
    await runToEnd(backfillOf(world, memory));
    world.reads.length = 0;

    world.conversations.set("1", answered("1", now - minute));
    world.conversations.set("3", answered("3", now - 5_000));
    const report = await runToEnd(backfillOf(world, memory, { clock: () => now + 1 }));
    expect(world.reads).toEqual(["1", "3"]);
    expect(report.conversations.read).toBe(2);
    expect(await questions(memory)).toHaveLength(3);
  });

  it("finds what Intercom did not list yet when the last run ended", async () => {
    const world = createWorld(answered("1", now - 60 * minute));
    const memory = createMemory();
    await runToEnd(backfillOf(world, memory));
    world.reads.length = 0;

    world.conversations.set("2", answered("2", now - 5 * minute));
    await runToEnd(backfillOf(world, memory, { clock: () => now + 7 * 24 * 60 * minute }));
    expect(world.reads).toEqual(["2"]);
  });

  it("misses nothing that moves while it is listed and read", async () => {
    const list = Array.from({ length: 400 }, (_, n) => answered(`${n}`, (n + 1) * minute));
    const world = createWorld(...list);
    const archive = archiveOf(world);
    let listed = 0;
    let time = now;
    const shifting: ConversationArchive = {
      ...archive,
      async list(range, cursor, aborted) {
        const page = await archive.list(range, cursor, aborted);
        listed += 1;
        // After the first page, ten of its conversations change: all others move up.
        if (listed === 1) {
          time += minute;
          for (const { id } of page.conversations.slice(0, 10)) {
            world.conversations.set(id, answered(id, time));
          }
        }
        return page;
      },
    };
    const memory = createMemory();
    await runToEnd(backfillOf(world, memory, { archive: shifting, clock: () => time }));
    expect(new Set(world.reads).size).toBe(400);
    expect(await questions(memory)).toHaveLength(400);
  });

  it("goes on where a killed run had come to, and ends with the same content", async () => {
    const list = Array.from({ length: 1_000 }, (_, n) => answered(`${n}`, (n + 1) * minute));
    const whole = createMemory();
    await runToEnd(backfillOf(createWorld(...list), whole));

    const world = createWorld(...list);
    const memory = createMemory();
    for (let killed = 1; killed <= 3; killed += 1) {
      // Like a kill: nothing of the run is written any more from some moment on.
      let isDead = false;
      world.onRead = () => {
        isDead ||= world.reads.length >= killed * 250;
        if (isDead) throw new Error("killed");
      };
      await runToEnd(backfillOf(world, memory));
    }
    world.onRead = () => {};
    const before = world.reads.length;
    await runToEnd(backfillOf(world, memory));

    expect(world.reads.length - before).toBeLessThan(500);
    expect(await memory.findAnswers(null, 10_000, signal)).toEqual(
      await whole.findAnswers(null, 10_000, signal),
    );
  });

  it("respects since, until and limit, and leaves no gap behind", async () => {
    const list = Array.from({ length: 10 }, (_, n) => answered(`${n}`, (n + 1) * 60 * minute));
    const world = createWorld(...list);
    const memory = createMemory();
    await runToEnd(backfillOf(world, memory), { since: 8 * 60 * minute });
    expect(world.reads).toEqual(["7", "8", "9"]);
    world.reads.length = 0;
    await runToEnd(backfillOf(world, memory), { until: 2 * 60 * minute });
    expect(world.reads).toEqual(["0", "1"]);
    world.reads.length = 0;
    await runToEnd(backfillOf(world, memory), { limit: 3 });
    expect(world.reads).toEqual(["2", "3", "4"]);
    await runToEnd(backfillOf(world, memory));
    expect(await questions(memory)).toHaveLength(10);
  });

  it("removes what was redacted or deleted since, and nothing else", async () => {
    const world = createWorld(
      answered("1", minute),
      answered("2", 2 * minute),
      answered("3", 3 * minute),
    );
    const memory = createMemory();
    await runToEnd(backfillOf(world, memory));

    const first = answered("1", now - 5 * minute);
    const parts = first.parts.map(
      (one): Part => (one.id === "1-2" ? { ...one, text: "", kind: "event" } : one),
    );
    world.conversations.set("1", { ...first, parts });
    world.conversations.delete("2");
    world.deleted.push({ id: "2", at: now });
    const report = await runToEnd(backfillOf(world, memory));

    expect(report.removed).toBe(2 + 3);
    expect(report.conversations.deleted).toBe(1);
    expect(await questions(memory)).toEqual(["How do I do thing number 3?"]);
    const { turns } = await memory.findConversation("1", signal);
    expect(turns.map(({ partId }) => partId)).toEqual(["1-1"]);
  });

  it("keeps a teammate's answer for whom the source of the refused draft is", async () => {
    const world = createWorld(answered("1", minute), answered("2", 2 * minute));
    const memory = createMemory();
    const forWhom = { brands: ["Acme"] };
    const refused: RememberedAnswer = {
      question: "How do I do thing number 1?",
      answer: "Not at all.",
      status: "rejected",
      author: "approved-draft",
      conversationId: "1",
      partId: "1-1",
      at: minute,
      language: "en",
      url: null,
      decision: { action: "review", reason: "for-whom-unknown" },
      verdict: { by: "Alice", reason: null },
      draftedFrom: ["s1"],
      forWhom,
    };
    await memory.rememberAnswers([refused], signal);
    await runToEnd(backfillOf(world, memory));
    await runToEnd(backfillOf(world, memory));
    const learnt = async (id: string) =>
      (await memory.findConversation(id, signal)).answers.filter(
        ({ status }) => status === "answer",
      );
    expect(await learnt("1")).toMatchObject([{ author: "teammate", forWhom }]);
    expect((await learnt("2"))[0]).not.toHaveProperty("forWhom");
  });

  it("counts conversations that Intercom cuts, and keeps what it stored of their beginning", async () => {
    const world = createWorld(answered("1", minute));
    const memory = createMemory();
    await runToEnd(backfillOf(world, memory));

    const opener = part(customer, "An opener that is always shown", { id: "1-0", at: 1_000 });
    const latest = part(customer, "The newest of many", { id: "1-900", at: now - 5 * minute });
    const updatedAt = latest.at;
    world.conversations.set("1", conversation([opener, latest], { id: "1", updatedAt }));
    world.cut.add("1");
    const report = await runToEnd(backfillOf(world, memory));

    expect(report.conversations.cut).toBe(1);
    expect(report.removed).toBe(0);
    const { turns } = await memory.findConversation("1", signal);
    expect(turns.map(({ partId }) => partId).sort()).toEqual(["1-0", "1-1", "1-2", "1-900"]);
  });

  it("puts a conversation aside that cannot be read, names it, and tries it again", async () => {
    const world = createWorld(...[1, 2, 3].map((n) => answered(`${n}`, n * minute)));
    const memory = createMemory();
    const log = createRecordingLog();
    world.onRead = (id) => {
      if (id === "2") throw new Error("[intercom] GET /conversations/2 → unreadable");
    };
    const report = await runToEnd(backfillOf(world, memory, { log }));
    expect(report).toMatchObject({
      state: "done",
      conversations: { read: 2, failed: 1, failedIds: ["2"] },
      lastError: "[intercom] GET /conversations/2 → unreadable",
    });
    expect(log.lines.filter(({ level }) => level === "warn")).toMatchObject([
      { values: { conversationId: "2" } },
    ]);

    world.onRead = () => {};
    await runToEnd(backfillOf(world, memory));
    expect(await questions(memory)).toHaveLength(3);
  });

  it("fails, without passing over anything, when nothing can be read any more", async () => {
    const list = Array.from({ length: 100 }, (_, n) => answered(`${n}`, (n + 1) * minute));
    const world = createWorld(...list);
    const memory = createMemory();
    world.onRead = () => {
      throw new Error("[intercom] GET /conversations → 401 unauthorized");
    };
    const report = await runToEnd(backfillOf(world, memory));
    expect(report.state).toBe("failed");
    expect(report.lastError).toContain("401");

    world.onRead = () => {};
    await runToEnd(backfillOf(world, memory));
    expect(await questions(memory)).toHaveLength(100);
  });

  it("slows down, and loses nothing, when the memory says there are too many calls", async () => {
    const list = Array.from({ length: 200 }, (_, n) => answered(`${n}`, (n + 1) * minute));
    const world = createWorld(...list);
    const inner = createMemory();
    let time = now;
    const perMinute = new Map<number, number>();
    let refused = 0;
    const memory: AnswerMemory = {
      ...inner,
      async rememberAnswers(...args) {
        const window = Math.floor(time / minute);
        const calls = (perMinute.get(window) ?? 0) + 1;
        perMinute.set(window, calls);
        if (calls > 50) {
          refused += 1;
          throw Object.assign(new Error("[mem0] POST /add → 429"), {
            status: 429,
            isRetryable: true,
          });
        }
        return await inner.rememberAnswers(...args);
      },
    };
    const report = await runToEnd(
      backfillOf(world, memory, {
        clock: () => time,
        // All who wait at the same time wait together.
        sleep: async (ms) => {
          const end = time + ms;
          await new Promise((resolve) => setImmediate(resolve));
          time = Math.max(time, end);
        },
      }),
    );
    expect(report).toMatchObject({ state: "done", conversations: { read: 200, failed: 0 } });
    expect(await questions(memory)).toHaveLength(200);
    // Each was read once: only storing was repeated.
    expect(world.reads).toHaveLength(200);
    expect(refused).toBeLessThan(200);
  });

  it("runs once at a time and stops when told so", async () => {
    const list = Array.from({ length: 200 }, (_, n) => answered(`${n}`, (n + 1) * minute));
    const world = createWorld(...list);
    const backfill = backfillOf(world, createMemory());
    expect(backfill.stop()).toBe(false);
    world.onRead = () => {
      if (world.reads.length === 50) backfill.stop();
    };
    const first = backfill.start(everything);
    const second = backfill.start(everything);
    expect([first.isNew, second.isNew, second.report.id]).toEqual([true, false, "run-1"]);
    await backfill.settled();
    expect(backfill.report()).toMatchObject({ state: "stopped" });
    expect(world.reads.length).toBeLessThan(120);
  });

  it("shows in a dry run what it would store, masked, and stores nothing", async () => {
    const secret = answered("1", minute);
    const parts = secret.parts.map((one) =>
      one.id === "1-1" ? { ...one, text: "My password is hunter2, why does it fail?" } : one,
    );
    const others = Array.from({ length: 20 }, (_, n) => answered(`${n + 2}`, (n + 2) * minute));
    const world = createWorld({ ...secret, parts }, ...others);
    const memory = createMemory();
    const report = await runToEnd(backfillOf(world, memory), { dryRun: true });

    expect(report.examples).toHaveLength(10);
    expect(report.examples[0]).toEqual({
      conversationId: "1",
      question: "My password is [password], why does it fail?",
      answer: "Open page 1 and press the button.",
    });
    expect(report.stored.answers).toBe(21);
    expect(await questions(memory)).toEqual([]);
    expect(await memory.readCheckpoint("backfill", signal)).toBeNull();
  });

  it("estimates the time left and says the counts at INFO while it goes", async () => {
    const list = Array.from({ length: 100 }, (_, n) => answered(`${n}`, (n + 1) * minute));
    const world = createWorld(...list);
    const log = createRecordingLog();
    let time = now;
    let estimate: number | null = null;
    const backfill: Backfill = backfillOf(world, createMemory(), { clock: () => time, log });
    world.onRead = () => {
      time += 1_000;
      if (world.reads.length === 75) estimate = backfill.report()?.secondsLeft ?? null;
    };
    const report = await runToEnd(backfill);
    expect(estimate).toBeGreaterThan(15);
    expect(estimate).toBeLessThan(120);
    expect(report.conversationsPerSecond).toBe(1);
    const underWay = log.lines.filter(({ event }) => event === "backfill under way");
    expect(underWay.length).toBeGreaterThanOrEqual(5);
    expect(underWay[0]).toMatchObject({ level: "info", values: { found: 100 } });
  });
});
