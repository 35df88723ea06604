import { explanationWithAdvice } from "./no-draft.ts";
import type { Clock, Drafter, Inbox, Memory, Reviews, Written } from "./ports.ts";

export type DependencyState = {
  state: "not tried yet" | "ok" | "failing";
  /** What went wrong last, in words, while failing. */
  detail?: string;
  /** When the state was seen last, ISO 8601. */
  at?: string;
  /** How long ago that was, in seconds. */
  ageSeconds?: number;
};

/** What the latest calls showed about each outside service. */
export type DependencyHealth = {
  ok(name: string): void;
  failing(name: string, why: unknown): void;
  /**
   * What is wrong with how it is set up, until that is mended (`null`): it counts as failing,
   * whatever single calls show meanwhile.
   */
  setUp(name: string, problem: string | null): void;
  report(): Record<string, DependencyState>;
};

export function createDependencyHealth(names: string[], clock: Clock): DependencyHealth {
  const untried: Seen = { state: "not tried yet" };
  const states = new Map<string, Seen>(names.map((name) => [name, untried]));
  const problems = new Map<string, Seen>();
  return {
    ok: (name) => void states.set(name, { state: "ok", atMs: clock() }),
    failing: (name, why) =>
      void states.set(name, {
        state: "failing",
        detail: why instanceof Error ? why.message : String(why),
        atMs: clock(),
      }),
    setUp(name, problem) {
      if (problem === null) problems.delete(name);
      else problems.set(name, { state: "failing", detail: problem, atMs: clock() });
    },
    report: () =>
      Object.fromEntries(
        [...states, ...problems].map(([name, seen]) => [name, reported(seen, clock())]),
      ),
  };
}

/** As it is noted for every call; put into words only when somebody asks. */
type Seen = Omit<DependencyState, "at" | "ageSeconds"> & { atMs?: number };

function reported({ atMs, ...seen }: Seen, now: number): DependencyState {
  if (atMs === undefined) return seen;
  const ageSeconds = Math.max(0, Math.round((now - atMs) / 1000));
  return { ...seen, at: new Date(atMs).toISOString(), ageSeconds };
}

/** The same ports, each call noted in the health of what it asked. */
export function watched<
  Ports extends { inbox: Inbox; drafter: Drafter; memory: Memory; reviews: Reviews },
>(ports: Ports, health: DependencyHealth): Ports {
  const { inbox, drafter, memory, reviews } = ports;
  const note = noteIn(health);
  return {
    ...ports,
    inbox: {
      ...inbox,
      read: (...args) => note("intercom", inbox.read(...args)),
    },
    memory: {
      ...memory,
      recallAnswers: (...args) => note("memory", memory.recallAnswers(...args)),
      rememberTurns: (...args) => note("memory", memory.rememberTurns(...args)),
    },
    reviews: {
      ...reviews,
      post: (...args) => note("slack", reviews.post(...args)),
      askForAnswer: (...args) => note("slack", reviews.askForAnswer(...args)),
      showHandOff: async (...args) => {
        if (reviews.showHandOff !== undefined) await note("slack", reviews.showHandOff(...args));
      },
    },
    drafter: {
      async draft(...args) {
        const drafting = await drafter.draft(...args);
        if ("noDraft" in drafting && drafting.noDraft.reason === "model-unavailable") {
          health.failing("model", explanationWithAdvice(drafting.noDraft));
        } else {
          health.ok("model");
        }
        return drafting;
      },
    },
  };
}

/** The same inbox, each write noted in the health, whoever writes: a journey, or a person in Slack. */
export function withWatchedWrites(inbox: Inbox, health: DependencyHealth): Inbox {
  return {
    ...inbox,
    reply: async (...args) => noteWrite(await inbox.reply(...args), "reply", health),
    note: async (...args) => noteWrite(await inbox.note(...args), "note", health),
  };
}

/**
 * A reply may be refused for reasons of one conversation; where even a note is, nothing that we write
 * gets through.
 */
function noteWrite(written: Written, kind: "reply" | "note", health: DependencyHealth): Written {
  if (written.result === "done") health.ok("writing in intercom");
  if (written.result === "refused" && kind === "note") {
    health.failing("writing in intercom", written.explanation);
  }
  return written;
}

/** Notes how a call ended in the health of what it asked, and hands on how it ended. */
export function noteIn(health: DependencyHealth) {
  return async <T>(name: string, call: Promise<T>): Promise<T> => {
    try {
      const result = await call;
      health.ok(name);
      return result;
    } catch (error) {
      health.failing(name, error);
      throw error;
    }
  };
}
