import type { Attributes, AttributeValue } from "../../core/policy.ts";

/** Lists, files and references are left out: no rule can ask about them. */
export function plainAttributes(attributes: Record<string, unknown>): Attributes {
  const isPlain = (value: unknown): value is AttributeValue =>
    value === null || ["string", "number", "boolean"].includes(typeof value);
  const plain = Object.entries(attributes).flatMap(([name, value]) =>
    isPlain(value) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(plain);
}
