import { expect, it } from "vitest";
import { createRecentJourneys } from "../../../src/core/explaining/recent-journeys.ts";
import type { Hint, JourneyReport } from "../../../src/core/types.ts";
import { customer, draft, noon, part, recallOf } from "../../fixtures/conversations.ts";

const hint: Hint = {
  conversationId: "c1",
  from: "webhook",
  partId: "p1",
  contactId: "contact-1",
  text: "a secret of the customer",
};
const message = part(customer, "a secret of the customer");
const report: JourneyReport = {
  conversationId: "c1",
  from: "webhook",
  startedAt: noon,
  channel: null,
  turn: { basePartId: message.id, messages: [message], earlier: [] },
  recall: recallOf(),
  drafting: { draft: draft({ reply: "a secret of ours", reasoning: "a secret thought" }) },
  decision: { action: "reply", reason: "confident" },
  unseen: null,
  outcome: { kind: "replied", replyId: "r1" },
  steps: [],
};

it("keeps the newest 500 looks, oldest first, each conversation's for itself", () => {
  const journeys = createRecentJourneys(() => noon);
  for (let number = 0; number < 1_250; number++) {
    journeys.ended({ ...report, conversationId: `c${number % 2}`, startedAt: noon + number });
  }
  const { looks } = journeys.of("c1");
  expect(looks).toHaveLength(250);
  expect(looks.map(({ startedAt }) => startedAt - noon)).toEqual(
    Array.from({ length: 250 }, (_, index) => 751 + 2 * index),
  );
  expect(journeys.of("c2")).toEqual({ hints: [], looks: [] });
});

it("keeps nothing that anybody wrote", () => {
  const journeys = createRecentJourneys(() => noon);
  journeys.hinted(hint);
  journeys.ended(report);
  expect(JSON.stringify(journeys.of("c1"))).not.toMatch(/secret|Ada/);
});
