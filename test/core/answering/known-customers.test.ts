import { describe, expect, it } from "vitest";
import { createKnownCustomers } from "../../../src/core/answering/known-customers.ts";
import type { Customer, CustomerNeeds } from "../../../src/core/customer.ts";
import type { Inbox } from "../../../src/core/ports.ts";
import type { Policy } from "../../../src/core/types.ts";
import { unknown } from "../../../src/core/unknown.ts";
import { conversation, customer, noon, part, policy } from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const ada: Customer = {
  attributes: { Seats: 12, secret: "x" },
  tags: unknown,
  segments: ["Active"],
  companies: unknown,
  conversations: unknown,
};

function setUp(rules: Partial<Policy>, conversations: Customer["conversations"] = unknown) {
  let now = noon;
  let isDown = false;
  let current = { ...policy, ...rules };
  const asked: CustomerNeeds[] = [];
  const { expect: begin, knownIn } = createKnownCustomers({
    customers: {
      async read(_id, needs) {
        asked.push(needs);
        if (isDown) throw new Error("[intercom] GET /contacts/contact-1 → 503");
        return { ...ada, conversations };
      },
    },
    policy: () => current,
    clock: () => now,
    log: createRecordingLog(),
  });
  const asking = conversation([part(customer, "How?")]);
  const inbox = knownIn({ read: async () => asking } as unknown as Inbox);
  return {
    asked,
    begin,
    read: () => inbox.read("c1"),
    advance: (ms: number) => {
      now += ms;
    },
    goDown: () => {
      isDown = true;
    },
    set: (more: Partial<Policy>) => {
      current = { ...current, ...more };
    },
  };
}

describe("who asks", () => {
  it("is not asked for where the policy uses nothing of them", async () => {
    const { read, begin, asked } = setUp({});
    begin("contact-1");
    expect(await read()).toMatchObject({ customer: null, shownFacts: [] });
    expect(asked).toEqual([]);
  });

  it("has no more than their last five conversations, without the present one", async () => {
    const all = Array.from({ length: 6 }, (_, index) => ({
      id: `c${index}`,
      at: noon - index * 86_400_000,
      about: index === 2 ? "" : `Question ${index}`,
      state: index === 0 ? ("open" as const) : ("closed" as const),
      rating: index === 3 ? 1 : null,
    }));
    const { read, set } = setUp({ contactAttributes: ["previous_conversations"] }, all);
    const found = await read();
    expect(found?.shownFacts).toEqual([
      {
        name: "previous_conversations",
        value: [
          "2026-01-10 “Question 0” (open)",
          "2026-01-08 (closed)",
          "2026-01-07 “Question 3” (closed, rated 1 of 5)",
          "2026-01-06 “Question 4” (closed)",
          "2026-01-05 “Question 5” (closed)",
        ].join("; "),
      },
    ]);
    if (!found?.customer || found.customer === unknown) throw new Error("nobody");
    expect(found.customer.conversations).toHaveLength(5);
    set({ contactAttributes: [] });
    expect(await read()).toMatchObject({ customer: null });
  });

  it("is read once for several looks, and anew after a minute", async () => {
    const { read, begin, asked, advance } = setUp({ contactAttributes: ["Seats", "segments"] });
    begin("contact-1");
    const first = await read();
    await read();
    expect(first).toMatchObject({
      customer: ada,
      shownFacts: [
        { name: "Seats", value: "12" },
        { name: "segments", value: "Active" },
      ],
    });
    expect(asked).toEqual([
      { tags: false, segments: true, companies: false, conversations: false },
    ]);
    advance(60_001);
    await read();
    expect(asked).toHaveLength(2);
  });

  it("is read anew when the policy begins to use more of them", async () => {
    const { read, asked, set } = setUp({ contactAttributes: ["Seats"] });
    await read();
    set({ contactAttributes: ["plan"] });
    await read();
    expect(asked.map(({ companies }) => companies)).toEqual([false, true]);
  });

  it("is not known while they cannot be read, which is tried again soon", async () => {
    const { read, asked, goDown, advance } = setUp({ contactAttributes: ["Seats"] });
    goDown();
    expect(await read()).toMatchObject({ customer: unknown, shownFacts: [] });
    await read();
    expect(asked).toHaveLength(1);
    advance(10_001);
    await read();
    expect(asked).toHaveLength(2);
  });
});
