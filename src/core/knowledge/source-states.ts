import type { RefreshedArticles } from "./article-refresh.ts";

/** How it stands with a source of knowledge. */
export type SourceState = {
  name: string;
  /** The folder or the address. */
  place: string;
  state: "waiting" | "reading" | "read" | "failing";
  /** What there is of it, after the last whole reading; `null` before the first one. */
  articles: number | null;
  /** Pages of the reading under way; `null` where nothing is read, or it is not known. */
  progress: { read: number; found: number } | null;
  /** When it was read whole last, in milliseconds since 1970. */
  readAt: number | null;
  /** What failed last, in words; `null` since it went well. */
  problem: string | null;
  /** Pages of the last whole reading that could not be read: their last good text stays. */
  failing: number;
  /** Where limits cut that reading short, and how to raise them, in sentences; none: it was whole. */
  shortened: string[];
};

export type SourceStates = {
  add(name: string, place: string): void;
  begin(name: string): void;
  progress(name: string, progress: { read: number; found: number }): void;
  /** What its reading left out. */
  leftOut(name: string, outcome: Pick<SourceState, "failing" | "shortened">): void;
  /** @param problem in words; `null` where all was read */
  end(name: string, problem: string | null, counts: RefreshedArticles | null): void;
  remove(name: string): void;
  all(): SourceState[];
};

/** Remembers how it stands with each source, for whoever asks. */
export function createSourceStates(clock: () => number): SourceStates {
  const states = new Map<string, SourceState>();
  const change = (name: string, changes: Partial<SourceState>) => {
    const state = states.get(name);
    if (state !== undefined) states.set(name, { ...state, ...changes });
  };
  return {
    add(name, place) {
      const unread = { articles: null, progress: null, readAt: null, problem: null };
      const whole = { failing: 0, shortened: [] };
      states.set(name, { name, place, state: "waiting", ...unread, ...whole });
    },
    begin: (name) => change(name, { state: "reading", progress: null }),
    progress: (name, progress) => change(name, { progress }),
    leftOut: (name, outcome) => change(name, outcome),
    end(name, problem, counts) {
      const isRead = problem === null;
      change(name, {
        state: isRead ? "read" : "failing",
        progress: null,
        problem,
        ...(isRead ? { readAt: clock() } : {}),
        ...(counts === null ? {} : { articles: counts.articles }),
      });
    },
    remove: (name) => void states.delete(name),
    all: () => [...states.values()],
  };
}
