import { z } from "zod";

/** The forms that the values of variables take: each parses the text and says what it must look like. */

export const text = z.string().min(1);
export const list = text.transform((value) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);
export const yesOrNo = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["true", "false", "1", "0", "yes", "no"], { error: "must be true or false" }))
  .transform((value) => ["true", "1", "yes"].includes(value));
export const url = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:\/\//.test(value), {
    error: "must be an address that begins with https:// or http://",
  })
  .transform((value) => value.replace(/\/+$/, ""));
export const oneOf = <const Values extends [string, ...string[]]>(...values: Values) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `must be one of ${values.join(", ")}` }));

export function number(min: number, max: number, kind: "whole" | "any" = "whole") {
  const what = kind === "whole" ? "a whole number" : "a number";
  return z
    .string()
    .transform(Number)
    .refine(
      (value) => value >= min && value <= max && (kind === "any" || Number.isInteger(value)),
      { error: `must be ${what} from ${min} to ${max}` },
    );
}

export const regularExpressions = text.transform((value, context) => {
  try {
    return value.split("\n").map((source) => new RegExp(source, "giu"));
  } catch (error) {
    const why = error instanceof Error ? error.message : "invalid";
    context.addIssue({
      code: "custom",
      message: `must be regular expressions, one a line: ${why}`,
    });
    return z.NEVER;
  }
});
