import type { Clock, Log } from "../ports.ts";
import type { Policy } from "../types.ts";
import {
  type BacktestPlan,
  type BacktestPorts,
  type BacktestRecord,
  casesSoFar,
  chosenBefore,
  keyOf,
  runBacktest,
} from "./backtest.ts";
import { newestTurns } from "./newest-turns.ts";
import type { PastTurn } from "./past-turns.ts";

/** A run with what was done in it so far. */
type KeptRun = { plan: BacktestPlan; record: BacktestRecord };

/** How far it is, and what a person must know of it. */
export type TrialState = {
  /** `chosen`: nothing was asked of the model yet, or not of all. */
  step: "nothing" | "choosing" | "chosen" | "drafting" | "done";
  done: number;
  of: number;
  /** What it will cost to draft the rest, in a sentence; `null` before that is known. */
  estimate: string | null;
  /** Why it stopped, in a sentence. */
  problem: string | null;
};

export type Trial = {
  state(): TrialState;
  /** Of the newest run, or `null`. */
  record(): BacktestRecord | null;
  /** Chooses the newest conversations anew, or reads again what an unfinished run had chosen. */
  choose(isAnew: boolean): Promise<void>;
  /** Drafts what was chosen and has no draft yet. */
  draft(): Promise<void>;
  stop(): void;
};

export type TrialOptions = Omit<BacktestPorts, "record" | "judge"> & {
  /** How many conversations. */
  count: number;
  policy(): Policy;
  present(): { model: string; promptHash: string };
  store: { newest(): KeptRun | null; begin(plan: BacktestPlan): KeptRun };
  /** In a sentence, from the turns that are still to be drafted. */
  estimateOf(turns: PastTurn[]): Promise<string>;
  /** Whether drafting costs nothing, so that nobody need be asked. */
  isFree: boolean;
  random(): number;
  clock: Clock;
  log: Log;
};

/**
 * The newest conversations drafted by the journey of the backtest, for a person who looks at each.
 * Runs beside the live service, one step at a time; what is done is kept in the run's record.
 */
export function createTrial(options: TrialOptions): Trial {
  const { store, count, log } = options;
  const stopping = new AbortController();
  let run: KeptRun | null = store.newest();
  let turns: PastTurn[] = [];
  let busy: "choosing" | "drafting" | null = null;
  let found = 0;
  let estimate: string | null = null;
  let problem: string | null = null;

  const chosen = () => run?.record.chosen() ?? [];
  const drafted = () => (run === null ? 0 : casesSoFar(run.record).length);

  async function step(name: "choosing" | "drafting", work: () => Promise<void>): Promise<void> {
    if (busy !== null) return;
    busy = name;
    problem = null;
    try {
      await work();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      log.warn({ error }, "the trial stopped");
    } finally {
      busy = null;
    }
  }

  async function draft(): Promise<void> {
    await step("drafting", async () => {
      if (run === null) return;
      const ports = { ...options, record: run.record, judge: null };
      const policy = options.policy();
      await runBacktest(
        turns,
        ports,
        policy,
        () => true,
        () => {},
        stopping.signal,
      );
      const missing = chosen().length - drafted();
      if (missing > 0 && !stopping.signal.aborted) {
        problem = `${missing} of ${chosen().length} could not be drafted: the model did not answer, or the conversation has changed. Go on to try them again.`;
      }
    });
  }

  async function chooseNewest(): Promise<void> {
    const { policy, random, clock, present } = options;
    const tell = (so: number) => {
      found = so;
    };
    const newest = await newestTurns(count, options, policy(), random, tell, stopping.signal);
    if (newest.turns.length === 0) {
      problem =
        "No closed conversation was found in which a teammate answered a customer: there is nothing to try it on yet.";
      return;
    }
    run = store.begin({
      after: Math.min(...newest.turns.map(({ askedAt }) => askedAt)),
      until: clock(),
      sample: count,
      seed: 0,
      ...present(),
      judgeModel: null,
    });
    run.record.choose(newest.turns.map(keyOf), newest.looked);
    turns = newest.turns;
  }

  return {
    state() {
      const of = chosen().length;
      const done = drafted();
      const about = { estimate, problem };
      if (busy === "choosing") return { step: "choosing", done: found, of: count, ...about };
      if (busy === "drafting") return { step: "drafting", done, of, ...about };
      if (run === null || of === 0) return { step: "nothing", done: 0, of: count, ...about };
      return { step: done < of ? "chosen" : "done", done, of, ...about };
    },
    record: () => run?.record ?? null,
    async choose(isAnew) {
      await step("choosing", async () => {
        found = 0;
        estimate = null;
        if (isAnew || run === null || drafted() === chosen().length) await chooseNewest();
        else {
          const ports = { ...options, record: run.record };
          turns = await chosenBefore(ports, options.policy(), stopping.signal);
        }
        if (problem === null) estimate = await options.estimateOf(turns);
      });
      if (options.isFree && problem === null) await draft();
    },
    draft,
    stop: () => stopping.abort(new Error("stopped")),
  };
}
