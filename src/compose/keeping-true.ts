import type { KnowledgePorts, KnowledgeToDo } from "../core/learning/keeping-true.ts";
import type { Log } from "../core/ports.ts";

/** It asks the memory some hundred times. */
const keptForMs = 60 * 60_000;
const timeoutMs = 120_000;

export type KeepingTrue = {
  /** What there is to do now; `null` where it cannot be counted. Never rejects. */
  count(): Promise<KnowledgeToDo | null>;
  /**
   * What there was to do when it was counted last, which begins anew where that is an hour ago;
   * `null`: not known yet.
   */
  known(): KnowledgeToDo | null;
};

/** Counts what of the knowledge people should look at, when somebody wants to know. */
export function createKeepingTrue(ports: Omit<KnowledgePorts, "pause">, log: Log): KeepingTrue {
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  let last: { at: number; toDo: KnowledgeToDo } | null = null;
  let counting: Promise<KnowledgeToDo | null> | null = null;

  function count(): Promise<KnowledgeToDo | null> {
    counting ??= countNow().finally(() => {
      counting = null;
    });
    return counting;
  }

  async function countNow(): Promise<KnowledgeToDo | null> {
    try {
      const { countKnowledgeToDo } = await import("../core/learning/keeping-true.ts");
      const toDo = await countKnowledgeToDo({ ...ports, pause }, AbortSignal.timeout(timeoutMs));
      last = { at: Date.now(), toDo };
      return toDo;
    } catch (error) {
      log.warn({ error }, "not counted what of the knowledge is to be looked at");
      return null;
    }
  }

  return {
    count,
    known() {
      if (last === null || Date.now() - last.at > keptForMs) void count();
      return last?.toDo ?? null;
    },
  };
}
