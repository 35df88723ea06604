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
  const { companies } = customer;
  if (companies === unknown) return "";
  if (name === "companies") return companies.map(companyLine).filter(Boolean).join("; ");
  if (name === "plan") return listed([...new Set(companies.map(({ plan }) => plan ?? ""))]);
  return "";
}

function listed(names: Fact<string[]>): string {
  return names === unknown ? "" : names.filter(Boolean).join(", ");
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
