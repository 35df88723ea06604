import { describe, expect, it } from "vitest";
import { readPolicy } from "../../../src/adapters/policy-file/read-policy.ts";
import type { Customer, PreviousConversation } from "../../../src/core/customer.ts";
import { holds } from "../../../src/core/judging/conditions.ts";
import { customerNeeds } from "../../../src/core/judging/customer-needs.ts";
import { factsOf } from "../../../src/core/judging/facts-of.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import { type Fact, unknown } from "../../../src/core/unknown.ts";
import { conversation, customer, part, policy } from "../../fixtures/conversations.ts";

const asked = conversation([part(customer, "Hello?")]);
const dayMs = 86_400_000;
const had = (
  daysAgo: number,
  state: PreviousConversation["state"],
  rating: number | null = null,
) => ({ id: `c-${daysAgo}`, at: asked.readAt - daysAgo * dayMs, about: "", state, rating });

function rule(test: string) {
  const read = readPolicy(`never:\n  - when: { previous_conversations: ${test} }`);
  if ("problems" in read) return read.problems.join("\n");
  return { ...policy, ...read.policy };
}

function truth(test: string, conversations: Fact<PreviousConversation[]>) {
  const rules = rule(test);
  const when = typeof rules === "string" ? undefined : rules.rules.never[0]?.when;
  if (when === undefined) throw new Error(String(rules));
  const known: Customer = {
    attributes: {},
    tags: unknown,
    segments: unknown,
    companies: unknown,
    conversations,
  };
  const about = { ...asked, customer: known };
  const turn = unansweredTurn(about);
  if (turn === null) throw new Error("Nobody waits");
  return holds(when, factsOf(about, turn, null));
}

describe("previous conversations", () => {
  const some = [had(1, "open"), had(3, "closed", 2), had(20, "closed", 5), had(90, "closed", 1)];

  it.each([
    ["{ at_least: 4 }", "yes"],
    ["{ at_least: 5 }", "no"],
    ["{ within_days: 2 }", "yes"],
    ["{ at_least: 2, within_days: 2 }", "no"],
    ["{ at_least: 3, within_days: 30 }", "yes"],
    ["{ state: open }", "yes"],
    ["{ state: [open, snoozed], at_least: 2 }", "no"],
    ["{ rating_at_most: 2, at_least: 2 }", "yes"],
    ["{ rating_at_most: 2, within_days: 2 }", "no"],
    ["{ rating_at_most: 2, within_days: 30, state: closed }", "yes"],
  ])("%s: %s", (test, expected) => {
    expect(truth(test, some)).toBe(expected);
    expect(truth(test, unknown)).toBe("unknown");
    expect(truth(test, [])).toBe("no");
  });

  it("are asked for only where a rule or what may be seen names them", () => {
    const rules = rule("{ at_least: 1 }");
    if (typeof rules === "string") throw new Error(rules);
    expect(customerNeeds(rules)).toMatchObject({ conversations: true, companies: false });
    const shown = { ...policy, contactAttributes: ["previous_conversations"] };
    expect(customerNeeds(shown)).toMatchObject({ conversations: true, segments: false });
    expect(customerNeeds({ ...policy, contactAttributes: ["country"] })).toMatchObject({
      conversations: false,
    });
  });

  it("that cannot be asked about are named with what was expected", () => {
    expect(rule("3")).toMatch(
      /line 2: never\[1\]\.when\.previous_conversations: must be \{ at_least/,
    );
    expect(rule("{ at_least: 6 }")).toMatch(/previous_conversations\.at_least/);
    expect(rule("{ rating: 1 }")).toMatch(/rating: there is no such key/);
  });
});
