import { destination, type Logger, pino } from "pino";
import type { Redact } from "./redact.ts";

/**
 * The service's log: one JSON line per step on standard output.
 *
 * Errors are written as their chain of messages. Never whole: the HTTP clients hang requests with
 * tokens and responses with customers' texts on them.
 *
 * @param redact masks secrets in what is logged at debug, where customers' texts are among it
 */
export function createLog(
  level: "debug" | "info" | "warn" | "error",
  redact: Redact = (text) => text,
): Logger {
  return pino(
    {
      level,
      base: null,
      serializers: { error: describeError },
      formatters: {
        level: (label) => ({ level: label }),
        ...(level === "debug"
          ? { log: (values: Record<string, unknown>) => maskTexts(values, redact) }
          : {}),
      },
      timestamp: isoTime(),
    },
    destination({ dest: 1, sync: false }),
  );
}

/** Messages from the outermost error to its first cause; a stack only where the error is a bug. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const messages: string[] = [];
  for (let at: unknown = error; at instanceof Error && messages.length < 5; at = at.cause) {
    messages.push(`${at.name}: ${at.message}`);
  }
  const isBug = error instanceof TypeError || error instanceof ReferenceError;
  return { messages, ...(isBug ? { stack: error.stack } : {}) };
}

/** The same values with their texts masked; ids stay, though one may look like a card's number. */
function maskTexts(values: Record<string, unknown>, redact: Redact): Record<string, unknown> {
  const masked = ([key, value]: [string, unknown]): [string, unknown] => {
    if (typeof value === "string" && !/ids?$/i.test(key)) return [key, redact(value)];
    if (Array.isArray(value)) return [key, value.map((one) => masked([key, one])[1])];
    const isPlain = value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return [key, isPlain ? maskTexts(value as Record<string, unknown>, redact) : value];
  };
  return Object.fromEntries(Object.entries(values).map(masked));
}

/** Many lines are written within a millisecond, and saying the time is a good part of a line's cost. */
function isoTime(): () => string {
  let said = { at: 0, text: "" };
  return () => {
    const at = Date.now();
    if (at !== said.at) said = { at, text: `,"time":"${new Date(at).toISOString()}"` };
    return said.text;
  };
}
