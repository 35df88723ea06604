import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import type { Clock, Log } from "../ports.ts";
import type { EarnedTopic, LadderRules } from "../types.ts";
import { judgedCases } from "./judged-drafts.ts";
import { climb, type Ladder, type LadderTerms } from "./ladder.ts";
import { answeredMove, type DueMove, dueMoves, type Move } from "./ladder-moves.ts";

/** Where the moves outlive the process. */
export type LadderStore = {
  /** Oldest first; `null`: what is there cannot be read, so nothing may be decided by it. */
  moves(): Move[] | null;
  /** Adds one. Never throws: what cannot be written holds for this process. */
  add(move: Move): void;
};

export type LadderPorts = {
  memory: Pick<AnswerMemory, "findVerdicts">;
  store: LadderStore;
  /** `null`: the ladder is off. */
  rules(): LadderRules | null;
  terms(rules: LadderRules): LadderTerms;
  /** Asks people whether the topic may go out by itself. @returns whether they were asked */
  ask(move: DueMove): Promise<boolean>;
  /** Tells people what happened by itself. Never throws. */
  tell(move: DueMove): Promise<void>;
  clock: Clock;
  log: Log;
};

export type LadderKeeper = {
  /** Does what is due by the decisions until now. Never throws; two at a time are one after the other. */
  look(): Promise<void>;
  /**
   * A person's answer to the question whether a topic may go out by itself.
   * @returns what it came to; `null`: there is nothing to decide about it any more
   * @throws UpstreamError when the memory cannot be read
   */
  answer(topic: EarnedTopic, to: "automatic" | "put-off", by: string): Promise<Move | null>;
};

const readTimeoutMs = 120_000;

/** Moves topics up and down the ladder, by what people decide about drafts. */
export function createLadderKeeper(ports: LadderPorts): LadderKeeper {
  const { memory, store, clock, log } = ports;
  let looking: Promise<void> = Promise.resolve();

  return {
    look() {
      looking = looking.then(look).catch((error: unknown) => {
        log.warn({ error }, "the ladder could not be looked at; it stands as it was");
      });
      return looking;
    },

    async answer(topic, to, by) {
      const rules = ports.rules();
      const moves = store.moves();
      if (rules === null || moves === null) return null;
      const terms = ports.terms(rules);
      const move = answeredMove(
        await standing(terms),
        moves,
        { topic, to, by, at: clock() },
        terms,
      );
      if (move !== null) made(move);
      return move;
    },
  };

  async function look(): Promise<void> {
    const rules = ports.rules();
    const moves = store.moves();
    if (rules === null || moves === null) return;
    const terms = ports.terms(rules);
    const { promotes } = rules;
    const due = dueMoves(await standing(terms), moves, { terms, promotes, at: clock() });
    for (const move of due) {
      // Asked first: a question that reached nobody is asked again.
      if (move.to === "asked" && !(await ports.ask(move))) continue;
      made(move);
      if (move.to !== "asked") await ports.tell(move);
    }
  }

  async function standing(terms: LadderTerms): Promise<Ladder> {
    const stored = await memory.findVerdicts(AbortSignal.timeout(readTimeoutMs));
    return climb(judgedCases(stored).cases, terms);
  }

  function made(move: Move): void {
    store.add(move);
    const { topic, intent, language, to, by, evidence } = move;
    const { decisions, wrong } = evidence;
    log.info({ topic, intent, language, to, by, decisions, wrong }, "moved on the ladder");
  }
}
