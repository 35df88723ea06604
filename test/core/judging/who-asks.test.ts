import { describe, expect, it } from "vitest";
import type { Customer } from "../../../src/core/customer.ts";
import { customerNeeds } from "../../../src/core/judging/customer-needs.ts";
import { withWhoAsks } from "../../../src/core/judging/who-asks.ts";
import { usualWhoAsks, type WhoAsksRules } from "../../../src/core/policy.ts";
import type { Conversation } from "../../../src/core/types.ts";
import { unknown } from "../../../src/core/unknown.ts";
import { conversation, customer, part, policy } from "../../fixtures/conversations.ts";

const company = (plan: string | null, attributes = {}) => ({ name: null, plan, attributes });
const inCompanies = (...companies: ReturnType<typeof company>[]): Customer => ({
  ...{ attributes: { tier: "Gold" }, tags: unknown, segments: unknown, conversations: unknown },
  companies,
});

async function askerOf(whoAsks: Partial<WhoAsksRules>, more: Partial<Conversation>) {
  const read = async (_id?: string) => conversation([part(customer, "Hello?")], more);
  const door = withWhoAsks({ read }, () => ({ whoAsks: { ...usualWhoAsks, ...whoAsks } }));
  return (await door.read())?.asker;
}

describe("who asks", () => {
  it("is of the brand that Intercom's attribute names, and of none where it is empty", async () => {
    expect(await askerOf({}, { attributes: { Brand: " Acme " } })).toEqual({
      ...{ brand: "Acme", plan: null, topic: null },
    });
    expect(await askerOf({}, { attributes: { Brand: "" } })).toMatchObject({ brand: null });
  });

  it("has the plan of all of their companies, and none that is known where they differ", async () => {
    const plan = { companyAttribute: "plan" };
    const planOf = async (customer: Conversation["customer"]) =>
      (await askerOf({ plan }, { customer }))?.plan;
    expect(await planOf(inCompanies(company("Pro"), company("pro")))).toBe("Pro");
    expect(await planOf(inCompanies(company("Pro"), company("Free")))).toBeNull();
    expect(await planOf(inCompanies(company("Pro"), company(null)))).toBeNull();
    expect(await planOf(inCompanies(company("Pro", { plan: "Old" })))).toBe("Old");
    expect(await planOf(inCompanies())).toBeNull();
    expect(await planOf(unknown)).toBeNull();
  });

  it("is what the first condition says that holds, and nobody where an earlier one cannot be judged", async () => {
    const gold = { name: "Acme", when: { contactAttribute: { tier: { isOneOf: ["Gold"] } } } };
    const mail = { name: "Beta", when: { channel: ["email"] } };
    const brand = { first: [gold, mail] };
    const brandOf = async (more: Partial<Conversation>) => (await askerOf({ brand }, more))?.brand;
    expect(await brandOf({ customer: inCompanies() })).toBe("Acme");
    expect(
      await brandOf({ customer: { ...inCompanies(), attributes: {} }, channel: "email" }),
    ).toBe("Beta");
    expect(await brandOf({ customer: unknown, channel: "email" })).toBeNull();
    expect(await brandOf({ customer: inCompanies(), channel: "email" })).toBe("Acme");
  });

  it("has Intercom asked of the customer only where something of them tells", () => {
    const needsOf = (whoAsks: Partial<WhoAsksRules>) =>
      customerNeeds({ ...policy, whoAsks: { ...usualWhoAsks, ...whoAsks } });
    expect(needsOf({})).toBeNull();
    expect(needsOf({ plan: { companyAttribute: "plan" } })).toMatchObject({ companies: true });
    const inSegment = { first: [{ name: "Pro", when: { segment: ["Pro"] } }] };
    expect(needsOf({ plan: inSegment })).toMatchObject({ segments: true, companies: false });
  });
});
