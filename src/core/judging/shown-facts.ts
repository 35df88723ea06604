import type { Company, Customer, ShownFact } from "../customer.ts";
import { type Fact, unknown } from "../unknown.ts";

/** What of the customer may be seen, in the order of the names; what is empty or not known is left out. */
export function shownFacts(customer: Customer, names: string[]): ShownFact[] {
  return names.flatMap((name) => {
    const value = valueNamed(customer, name);
    return value === "" ? [] : [{ name, value }];
  });
}

function valueNamed(customer: Customer, name: string): string {
  // An attribute of that name is what the operator means; without one the list of that name.
  const attribute = Object.hasOwn(customer.attributes, name) ? customer.attributes[name] : null;
  if (attribute !== undefined && attribute !== null) return String(attribute).trim();
  if (name === "tags") return listed(customer.tags);
  if (name === "segments") return listed(customer.segments);
  if (name === "previous_conversations") return previousLines(customer.conversations);
  const { companies } = customer;
  if (companies === unknown) return "";
  if (name === "companies") return companies.map(companyLine).filter(Boolean).join("; ");
  if (name === "plan") return listed([...new Set(companies.map(({ plan }) => plan ?? ""))]);
  return "";
}

function listed(names: Fact<string[]>): string {
  return names === unknown ? "" : names.filter(Boolean).join(", ");
}

/** "2026-03-02 “Where is my invoice?” (closed, rated 2 of 5)" */
function previousLines(conversations: Customer["conversations"]): string {
  if (conversations === unknown) return "";
  const lines = conversations.map(({ at, about, state, rating }) => {
    const day = new Date(at).toISOString().slice(0, 10);
    const rated = rating === null ? "" : `, rated ${rating} of 5`;
    return `${[day, about && `“${about}”`].filter(Boolean).join(" ")} (${state}${rated})`;
  });
  return lines.join("; ");
}

/** "Blue Sun (plan Pro, size 100, monthly_spend 500)" */
function companyLine({ name, plan, attributes }: Company): string {
  const about = [
    plan && `plan ${plan}`,
    ...["size", "monthly_spend"].map((key) => {
      const value = attributes[key] ?? null;
      return value === null ? "" : `${key} ${value}`;
    }),
  ].filter(Boolean);
  if (name === null) return about.join(", ");
  return about.length === 0 ? name : `${name} (${about.join(", ")})`;
}
