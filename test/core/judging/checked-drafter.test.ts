import { describe, expect, it } from "vitest";
import { withChecks } from "../../../src/core/judging/checked-drafter.ts";
import { decide } from "../../../src/core/judging/decide.ts";
import { turnStanding } from "../../../src/core/judging/standing.ts";
import type { Checkable, DraftRequest } from "../../../src/core/ports.ts";
import type { Draft, Drafting, Policy } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  draft,
  part,
  recallOf,
  policy as settings,
  us,
} from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const earlier = [part(customer, "Hello?"), part(us, "Hello!")];
const message = part(customer, "A better price?");
const turn = { basePartId: message.id, messages: [message], earlier };
const asked = conversation([...earlier, message]);
const request: DraftRequest = {
  conversation: asked,
  turn,
  history: earlier,
  recall: recallOf(),
  sentences: ["The customer haggles"],
};

function setUp(
  answers: (statements: string[]) => (number | null)[] | Error,
  more: { policy?: Partial<Policy>; drafting?: Drafting } = {},
) {
  const policy = { ...settings, ...more.policy };
  const checked: { about: Checkable; statements: string[] }[] = [];
  const seen: DraftRequest[] = [];
  const log = createRecordingLog();
  const drafter = withChecks(
    {
      async draft(one) {
        seen.push(one);
        return more.drafting ?? { draft: draft() };
      },
    },
    {
      checker: {
        model: "small",
        async check(about, statements) {
          checked.push({ about, statements });
          const given = answers(statements);
          if (given instanceof Error) throw given;
          return given;
        },
      },
      policy: () => policy,
      log,
    },
  );
  return {
    checked,
    seen,
    log,
    policy,
    async draft(one = request): Promise<Draft> {
      const drafting = await drafter.draft(one, new AbortController().signal);
      if ("noDraft" in drafting) throw new Error(drafting.noDraft.explanation);
      return drafting.draft;
    },
  };
}

describe("a draft beside which a second model is asked", () => {
  it("says of each sentence and of its sources how likely they are", async () => {
    const world = setUp((statements) => statements.map(() => 0.9));
    expect(await world.draft()).toMatchObject({
      sentences: [{ sentence: "The customer haggles", holds: true, probability: 0.9 }],
      support: { holds: true, probability: 0.9 },
    });
    const [beside, after] = world.checked;
    expect(beside?.about).toEqual({
      messages: ["A better price?"],
      before: [
        { by: "customer", text: "Hello?" },
        { by: "company", text: "Hello!" },
      ],
    });
    expect(after?.about).toMatchObject({ reply: draft().reply, passages: [expect.any(String)] });
    // The model that drafts is not asked the same again.
    expect(world.seen[0]).not.toHaveProperty("sentences");
  });

  it("is judged by the thresholds of the model that was asked", async () => {
    const checkThresholds = { small: { says: 0.6, supported: 0.5 }, other: { says: 0.1 } };
    const strict = await setUp(() => [0.55], { policy: { checkThresholds } }).draft();
    expect(strict.sentences).toMatchObject([{ holds: false, probability: 0.55 }]);
    expect(strict.support).toEqual({ holds: true, probability: 0.55 });
    const usual = await setUp(() => [0.55]).draft();
    expect(usual.sentences).toMatchObject([{ holds: true }]);
    expect(usual.support).toMatchObject({ holds: false });
  });

  it("says that it is not known what was refused, or not answered", async () => {
    const refused = await setUp(() => [null]).draft();
    const failed = setUp(() => new Error("[check model] a check → time-out"));
    const unanswered = await failed.draft();
    for (const one of [refused, unanswered]) {
      expect(one.sentences).toEqual([
        { sentence: "The customer haggles", holds: null, probability: null },
      ]);
      expect(one.support).toEqual({ holds: null, probability: null });
    }
    expect(failed.log.lines).toMatchObject([{ level: "warn" }, { level: "warn" }]);
  });

  it("is asked about nothing where there is nothing to ask", async () => {
    const none = { ...request, sentences: [] };
    const off = setUp(() => [1], { policy: { claimCheck: "off" } });
    expect(await off.draft(none)).not.toHaveProperty("support");
    const sourceless = setUp(() => [1], { drafting: { draft: draft({ usedSources: [] }) } });
    await sourceless.draft(none);
    const blank = setUp(() => [1], { drafting: { draft: draft({ reply: " " }) } });
    await blank.draft(none);
    for (const { checked } of [off, sourceless, blank]) expect(checked).toEqual([]);
    const noDraft = { reason: "model-unavailable" as const, explanation: "Down." };
    const down = setUp(() => [1], { drafting: { noDraft } });
    await expect(down.draft()).rejects.toThrow("Down.");
  });

  it.each([
    [0.9, "reply", "confident"],
    [0.5, "review", "doubted"],
    [null, "review", "not-checked"],
  ])("supported with %s: %s, %s", async (probability, action, reason) => {
    const world = setUp((statements) => statements.map(() => probability));
    const drafting = { draft: await world.draft() };
    const standing = turnStanding(asked, turn);
    expect(decide(drafting, world.policy, standing)).toEqual({ action, reason });
    const marked = decide(drafting, { ...world.policy, claimCheck: "mark" }, standing);
    expect(marked).toEqual({ action: "reply", reason: "confident" });
  });
});
