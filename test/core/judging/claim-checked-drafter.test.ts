import { describe, expect, it } from "vitest";
import { withClaimCheck } from "../../../src/core/judging/claim-checked-drafter.ts";
import { decide } from "../../../src/core/judging/decide.ts";
import { claimLines } from "../../../src/core/judging/wording.ts";
import type { Draft, Quote } from "../../../src/core/types.ts";
import { draft, policy, source } from "../../fixtures/conversations.ts";
import { requestFor } from "../../stand-ins/draft-request.ts";

const refunds = source({
  id: "refunds",
  title: "Refunds",
  text: "Money comes back within 14 days. The Basic plan costs $9. Exports are not available on Basic.",
});
const quote = (text: string, isStanding = true): Quote => ({
  sourceId: "refunds",
  text,
  isStanding,
});

async function checked(more: Partial<Draft>, revision?: { draft: string; instruction: string }) {
  const drafter = withClaimCheck({
    draft: async () => ({ draft: draft({ usedSources: [refunds], ...more }) }),
  });
  const request = requestFor(["When do I get my money?"], { sources: [refunds] });
  const drafting = await drafter.draft(
    { ...request, ...(revision === undefined ? {} : { revision }) },
    AbortSignal.timeout(10_000),
  );
  if ("noDraft" in drafting) throw new Error("no draft");
  return drafting.draft;
}
const linesFor = async (...about: Parameters<typeof checked>) =>
  claimLines(await checked(...about));

describe("the claim check of a draft with copied passages", () => {
  it("finds nothing where a passage carries each fact", async () => {
    const reply = "You get it back within two weeks. Basic costs $9.";
    const quotes = [quote("Money comes back within 14 days"), quote("The Basic plan costs $9")];
    expect(await linesFor({ reply, quotes })).toEqual([]);
  });

  it("holds back a fact of the source that no passage carries", async () => {
    const reply = "You get it back within 14 days. It costs $9.";
    const written = await checked({ reply, quotes: [quote("Money comes back within 14 days")] });
    expect(claimLines(written)).toEqual([
      "No passage that the model copied from a source carries “$9”: “It costs $9.”",
    ]);
    const standing = {
      waitedMs: 0,
      isWithPeople: false,
      isLeftByTeammate: false,
      unseen: null,
      repliesSoFar: 0,
    };
    expect(decide({ draft: written }, policy, standing)).toMatchObject({
      action: "review",
      reason: "unsupported-claim",
    });
  });

  it("lets an invented passage carry nothing, and names what no source has once", async () => {
    const reply = "You get it back within 30 days.";
    const quotes = [quote("Money comes back within 30 days", false)];
    expect(await linesFor({ reply, quotes })).toEqual([
      "No source has “30 days”: “You get it back within 30 days.”",
    ]);
    const known = { reply: "Within 14 days.", quotes: [quote("14 days, surely", false)] };
    expect(await linesFor(known)).toHaveLength(1);
  });

  it("wants a passage for a denial, and takes no passage for half of the truth", async () => {
    const reply = "Exports are not available on Basic.";
    expect(await linesFor({ reply, quotes: [quote("Money comes back within 14 days")] })).toEqual([
      "No passage that the model copied from a source carries this: “Exports are not available on Basic.”",
    ]);
    expect(
      await linesFor({ reply, quotes: [quote("Exports are not available on Basic.")] }),
    ).toEqual([]);
  });

  it("holds a model that copies none to the sources it names, as before", async () => {
    const reply = "You get it back within 14 days. It costs $9.";
    expect(await linesFor({ reply })).toEqual([]);
  });

  it("takes what a teammate said like a passage", async () => {
    const reply = "Your contract ends on 31 March 2027.";
    const quotes = [quote("Money comes back within 14 days")];
    expect(await linesFor({ reply, quotes })).not.toEqual([]);
    const revision = { draft: "I do not know.", instruction: "It ends on 31 March 2027." };
    expect(await linesFor({ reply, quotes }, revision)).toEqual([]);
  });
});
