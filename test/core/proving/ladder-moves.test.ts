import { describe, expect, it } from "vitest";
import type { JudgedCase } from "../../../src/core/proving/judged-drafts.ts";
import { climb } from "../../../src/core/proving/ladder.ts";
import { createLadderAudits } from "../../../src/core/proving/ladder-audits.ts";
import {
  answeredMove,
  dueMoves,
  earnedTopics,
  type Move,
} from "../../../src/core/proving/ladder-moves.ts";
import { draft } from "../../fixtures/conversations.ts";
import { judged, terms } from "./judged.ts";

let next = 0;
const cases = (count: number, more: Partial<JudgedCase> = {}): JudgedCase[] =>
  Array.from({ length: count }, () => {
    next += 1;
    return judged({ at: next, conversationId: `c${next}`, ...more });
  });
const earned = cases(150);
const wrongAudits = cases(4, { isAudit: true, isRight: false });

const due = (given: JudgedCase[], moves: Move[], promotes: "asks" | "alone" = "asks") =>
  dueMoves(climb(given, terms), moves, { terms, promotes, at: 5 });
const answer = (given: JudgedCase[], moves: Move[], to: "automatic" | "put-off" = "automatic") => {
  const topic = {
    topic: null,
    intent: "question" as const,
    language: "en",
    model: terms.model,
    promptHash: terms.promptHash,
  };
  return answeredMove(climb(given, terms), moves, { topic, to, by: "Alice", at: 6 }, terms);
};
const rules = { errorLimit: 0.05, promotes: "asks" as const };

function certain(move: Move | null | undefined): Move {
  if (move === null || move === undefined) throw new Error("No move");
  return move;
}

describe("moves on the ladder", () => {
  it("ask once about a topic that has earned it, and nothing about one that has not", () => {
    expect(due(earned.slice(0, 40), [])).toEqual([]);
    const [asked] = due(earned, []);
    expect(asked).toMatchObject({ to: "asked", intent: "question", language: "en", by: null });
    expect(earnedTopics([certain(asked)], rules)).toEqual([]);
    expect(due(earned, [certain(asked)])).toEqual([]);
  });

  it("let it go with a person's word, who is named, and only while it is earned", () => {
    const asked = certain(due(earned, [])[0]);
    const letGo = certain(answer(earned, [asked]));
    expect(letGo).toMatchObject({ to: "automatic", by: "Alice", evidence: { decisions: 150 } });
    expect(earnedTopics([asked, letGo], rules)).toHaveLength(1);
    expect(answer(earned, [asked, letGo])).toBeNull();
    expect(answer(earned.slice(0, 40), [asked])).toBeNull();
  });

  it("let it go alone where the policy says so", () => {
    expect(due(earned, [], "alone")).toMatchObject([{ to: "automatic", by: null }]);
  });

  it("take it back once when audits find too much, and ask anew only after it is earned anew", () => {
    const letGo = certain(answer(earned, []));
    const since = [...earned, ...wrongAudits];
    expect(due([...earned, ...wrongAudits.slice(0, 3)], [letGo])).toEqual([]);
    const [takenBack] = due(since, [letGo]);
    expect(takenBack).toMatchObject({ to: "review", by: null });
    const moves = [letGo, certain(takenBack)];
    expect(earnedTopics(moves, rules)).toEqual([]);
    expect(due(since, moves)).toEqual([]);
    expect(due([...since, ...cases(250)], moves)).toMatchObject([{ to: "asked" }]);
  });

  it("do not rise by forgetting what took it back", () => {
    const letGo = certain(answer(earned, []));
    const takenBack = certain(due([...earned, ...wrongAudits], [letGo])[0]);
    expect(due(earned, [letGo, takenBack], "alone")).toEqual([]);
  });

  it("ask again some time after somebody put it off", () => {
    const putOff = certain(answer(earned, [], "put-off"));
    expect(due([...earned, ...cases(49)], [putOff])).toEqual([]);
    expect(due([...earned, ...cases(50)], [putOff])).toMatchObject([{ to: "asked" }]);
  });

  it("lose it while they wait for a person's word, by what people decide meanwhile", () => {
    const asked = certain(due(earned, [])[0]);
    const meanwhile = [...earned, ...cases(6, { isRight: false })];
    expect(answer(meanwhile, [asked])).toBeNull();
  });

  it("hold under a looser limit and not under a stricter one", () => {
    const letGo = certain(answer(earned, []));
    expect(earnedTopics([letGo], { ...rules, errorLimit: 0.1 })).toHaveLength(1);
    expect(earnedTopics([letGo], { ...rules, errorLimit: 0.02 })).toEqual([]);
  });
});

describe("audits of what was let go out by itself", () => {
  const letGo = certain(answer(earned, []));
  const day = 86_400_000;
  const written = draft({
    intent: "question",
    language: "en",
    origin: { ...draft().origin, model: terms.model, promptHash: terms.promptHash },
  });
  let now = letGo.at;
  const percentFor = createLadderAudits({
    moves: () => [letGo],
    clock: () => now,
    dayOf: (at) => String(Math.floor(at / day)),
  });

  it("are a fifth in the first weeks, then five each day, and none of other topics", () => {
    expect(percentFor(written)).toBe(20);
    now = letGo.at + 29 * day;
    const ofADay = () => Array.from({ length: 8 }, () => percentFor(written));
    expect(ofADay()).toEqual([100, 100, 100, 100, 100, 0, 0, 0]);
    expect(percentFor({ ...written, language: "de" })).toBe(0);
    now += day;
    expect(ofADay().filter((percent) => percent === 100)).toHaveLength(5);
  });
});
