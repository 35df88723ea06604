import { isOfTopic } from "../judging/earned-topic.ts";
import type { Clock } from "../ports.ts";
import type { Draft } from "../types.ts";
import type { Move } from "./ladder-moves.ts";

/** So many of 100 replies of a topic are checked in the weeks after it was let go out by itself. */
const percentAtFirst = 20;
const atFirstMs = 28 * 86_400_000;
/** And so many each day after that, the first of the day; fewer see a topic get worse too late. */
const eachDay = 5;

/**
 * How many of 100 replies like that one a person should check, because its topic was let go out by
 * itself; 0 where it was not.
 *
 * @param options.moves the topics that may go out by themselves now
 * @param options.dayOf a day's name, by the office's time zone
 */
export function createLadderAudits(options: {
  moves(): Move[];
  clock: Clock;
  dayOf(at: number): string;
}): (draft: Draft) => number {
  const checked = new Map<string, number>();
  let today = "";
  return (draft) => {
    const now = options.clock();
    const move = options.moves().find((topic) => isOfTopic(draft, topic));
    if (move === undefined) return 0;
    if (now - move.at < atFirstMs) return percentAtFirst;
    const day = options.dayOf(now);
    if (day !== today) checked.clear();
    today = day;
    const topic = JSON.stringify([move.topic, move.intent, move.language]);
    const before = checked.get(topic) ?? 0;
    if (before >= eachDay) return 0;
    checked.set(topic, before + 1);
    return 100;
  };
}
