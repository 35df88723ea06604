import { describe, expect, it } from "vitest";
import { markLine, marksIn } from "../../src/core/note-marks.ts";
import { recentHistory, unansweredTurn } from "../../src/core/turn.ts";
import { conversation, customer, part, teammate, us } from "../fixtures/conversations.ts";

const asks = (text: string) => part(customer, text);
const answers = (text: string) => part(us, text);

describe("unansweredTurn", () => {
  it("holds all messages since the last answer, whoever gave it; the newest is the base", () => {
    const parts = [
      asks("1"),
      part(teammate, "a"),
      asks("2"),
      part(us, "n", { kind: "note" }),
      asks("3"),
    ];
    const turn = unansweredTurn(conversation(parts));
    expect(turn?.messages.map(({ text }) => text)).toEqual(["2", "3"]);
    expect(turn?.earlier.map(({ text }) => text)).toEqual(["1", "a"]);
    expect(turn?.basePartId).toBe(parts[4]?.id);
  });
});

describe("recentHistory", () => {
  const turn = unansweredTurn(
    conversation([asks("1"), answers("a"), asks("2"), asks("3"), answers("b"), asks("now")]),
  );
  const texts = (exchanges: number) =>
    turn === null ? [] : recentHistory(turn, exchanges).map(({ text }) => text);

  it("gives whole exchanges, the newest ones", () => {
    expect(texts(0)).toEqual([]);
    expect(texts(1)).toEqual(["2", "3", "b"]);
    expect(texts(2)).toEqual(["1", "a", "2", "3", "b"]);
    expect(texts(9)).toEqual(["1", "a", "2", "3", "b"]);
  });
});

describe("note marks", () => {
  it("are read back as they were written", () => {
    const marks = [
      { basePartId: "123", outcome: "in-review", cardId: "C1-1763.45" } as const,
      { basePartId: "124", outcome: "no-answer-needed", cardId: null } as const,
    ];
    const notes = marks.map((mark) => part(us, `Words.\n\n${markLine(mark)}\n`, { kind: "note" }));
    expect(marksIn(conversation(notes))).toEqual(marks);
  });

  it("are not read from comments or from other people's notes", () => {
    const text = markLine({ basePartId: "1", outcome: "noted", cardId: null });
    const parts = [part(us, text), part(customer, text), part(teammate, text, { kind: "note" })];
    expect(marksIn(conversation(parts))).toEqual([]);
  });
});
