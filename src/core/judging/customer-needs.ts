import type { CustomerNeeds } from "../customer.ts";
import type { Condition, NameFrom, PolicyRules } from "../policy.ts";
import type { Policy } from "../types.ts";

type Use = keyof CustomerNeeds | "attributes";

/** Which keys of a condition ask about the customer, and what of them. */
const uses: Partial<Record<keyof Condition, Use>> = {
  contactAttribute: "attributes",
  country: "attributes",
  contactTag: "tags",
  segment: "segments",
  company: "companies",
  plan: "companies",
  companyAttribute: "companies",
  previousConversations: "conversations",
};

const shown: Record<string, Use> = {
  tags: "tags",
  segments: "segments",
  companies: "companies",
  plan: "companies",
  previous_conversations: "conversations",
};

/** What of the customer the policy uses, or `null`: then nobody needs to be asked. */
export function customerNeeds(policy: Policy): CustomerNeeds | null {
  const used = new Set<Use>([
    ...conditionsIn(policy.rules).flatMap(usesOf),
    ...Object.values(policy.whoAsks).flatMap(usesToTell),
    ...policy.contactAttributes.map((name) => shown[name] ?? "attributes"),
    ...policy.lookups.flatMap(({ customer }) =>
      Object.keys(customer).length === 0 ? [] : (["attributes"] as const),
    ),
  ]);
  if (used.size === 0) return null;
  return {
    tags: used.has("tags"),
    segments: used.has("segments"),
    companies: used.has("companies"),
    conversations: used.has("conversations"),
  };
}

function usesToTell(from: NameFrom | null): Use[] {
  if (from === null || "conversationAttribute" in from) return [];
  if ("first" in from) return conditionsTelling(from).flatMap(usesOf);
  return ["contactAttribute" in from ? "attributes" : "companies"];
}

/** Every condition by which a name is told, with those inside it. */
export function conditionsTelling(from: NameFrom): Condition[] {
  return "first" in from ? from.first.flatMap(({ when }) => withInner(when)) : [];
}

/** Every condition of the rules, with those inside it. */
export function conditionsIn({ mode, only, never, escalate, guidance }: PolicyRules): Condition[] {
  return [...mode, ...only, ...never, ...escalate, ...guidance].flatMap(({ when }) =>
    withInner(when),
  );
}

/** A condition with those inside it. */
export function withInner(condition: Condition): Condition[] {
  const { all = [], any = [], not } = condition;
  const inner = [...all, ...any, ...(not === undefined ? [] : [not])];
  return [condition, ...inner.flatMap(withInner)];
}

function usesOf(condition: Condition): Use[] {
  const keys = Object.keys(uses) as (keyof Condition)[];
  return keys.flatMap((key) => {
    const use = uses[key];
    return use === undefined || condition[key] === undefined ? [] : [use];
  });
}
