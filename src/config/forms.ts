import { z } from "zod";
import { closest } from "./closest.ts";

/**
 * The forms that the values of variables take: each parses the text and says what it must look
 * like, as the end of a sentence that begins with the variable, and what was probably meant.
 */

export const text = z.string().min(1);

export const list = text.transform((value) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

const yes = ["true", "1", "yes", "on", "y", "enabled"];
const no = ["false", "0", "no", "off", "n", "disabled"];
const plainYesOrNo = [...yes.slice(0, 3), ...no.slice(0, 3)];
export const yesOrNo = z
  .string()
  .toLowerCase()
  .refine((value) => plainYesOrNo.includes(value), {
    error: ({ input }) => `must be true or false${meant(yesOrNoMeant(String(input)))}`,
  })
  .transform((value) => yes.includes(value));

function yesOrNoMeant(given: string): string | null {
  if (yes.includes(given)) return "true";
  if (no.includes(given)) return "false";
  return closest(given, ["true", "false"]);
}

export const url = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:\/\//.test(value), {
    error: ({ input }) =>
      `must be an address that begins with https:// or http://${meant(urlMeant(String(input)))}`,
  })
  .transform((value) => value.replace(/\/+$/, ""));

function urlMeant(given: string): string | null {
  const bare = given.replace(/^[a-z]*:?\/+/i, "");
  if (!/^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:\/[\w./-]*)?$/.test(bare)) return null;
  const isNear = /^(?:localhost|[\d.]+)(?:[:/]|$)/.test(bare);
  return `${isNear ? "http" : "https"}://${bare}`;
}

export const redisUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^rediss?:\/\//.test(value), {
    error: "must be an address that begins with redis:// or, encrypted, rediss://",
  });

/** What is asked of a server's certificate: https://www.postgresql.org/docs/current/libpq-ssl.html */
const sslModes = ["disable", "require", "verify-ca", "verify-full"];

export const postgresUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^postgres(?:ql)?:\/\//.test(value), {
    error:
      "must be an address that begins with postgres:// or postgresql://; signs of a password that mean something in an address are written as in one, such as %40 for @ and %2F for /",
  })
  .refine((value) => sslModes.includes(parameterOf(value, "sslmode") ?? "disable"), {
    error: `must have one of ${sslModes.join(", ")} as its sslmode, or none`,
  })
  .refine(
    (value) =>
      parameterOf(value, "sslmode") !== "verify-ca" || parameterOf(value, "sslrootcert") !== null,
    { error: "must name the file of the authority (sslrootcert) where its sslmode is verify-ca" },
  );

function parameterOf(url: string, name: string): string | null {
  return URL.canParse(url) ? new URL(url).searchParams.get(name) : null;
}

export const oneOf = <const Values extends [string, ...string[]]>(...values: Values) =>
  z
    .string()
    .toLowerCase()
    .pipe(
      z.enum(values, {
        error: ({ input }) =>
          `must be ${inWords(values)}${meant(closest(String(input), [...values]))}`,
      }),
    );

/** @param one what an entry is, such as "a member's id" */
export function listOf(form: RegExp, one: string) {
  return list.refine((entries) => entries.every((entry) => form.test(entry)), {
    error: `must be ${one}, or several of them separated by commas`,
  });
}

export function number(min: number, max: number, kind: "whole" | "any" = "whole") {
  const what = kind === "whole" ? "a whole number" : "a number";
  const fits = (value: number) =>
    value >= min && value <= max && (kind === "any" || Number.isInteger(value));
  return z
    .string()
    .refine((value) => fits(Number(value)), {
      error: ({ input }) =>
        `must be ${what} from ${min} to ${max}${meant(numberMeant(String(input), max, fits))}`,
    })
    .transform(Number);
}

/** "80" and "80 %" for a share, "0,8", "3000ms"; what another unit comes to is not guessed. */
function numberMeant(given: string, max: number, fits: (value: number) => boolean): string | null {
  const found = /^([+-]?\d+(?:[.,]\d+)?)\s*(%|[a-z]*)$/i.exec(given);
  if (found === null) return null;
  const [, digits = "", unit = ""] = found;
  const value = Number(digits.replace(",", "."));
  const isPercent = max === 1 && value > 1;
  const candidate = isPercent ? value / 100 : value;
  const isSaid = isPercent || unit !== "" || digits.includes(",");
  const isOtherUnit = /^(?:s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)$/i.test(unit);
  return isSaid && !isOtherUnit && fits(candidate) ? String(candidate) : null;
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

function inWords(values: readonly string[]): string {
  return values.length === 1
    ? String(values[0])
    : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function meant(suggestion: string | null): string {
  return suggestion === null ? "" : `: did you mean ${suggestion}?`;
}

const weekTimeForm =
  /^(monday|tuesday|wednesday|thursday|friday|saturday|sunday) ([01]\d|2[0-3]):([0-5]\d)$/;

/** A time of the week; the minutes are those since midnight. */
export const weekTime = z
  .string()
  .toLowerCase()
  .regex(weekTimeForm, { error: "must be a day of the week and a time, such as monday 09:00" })
  .transform((value) => {
    const [, weekday = "", hours, minutes] = weekTimeForm.exec(value) ?? [];
    return { weekday, minutes: Number(hours) * 60 + Number(minutes) };
  });
