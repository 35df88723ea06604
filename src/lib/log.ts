import { destination, type Logger, pino } from "pino";

/**
 * The service's log: one JSON line per step on standard output.
 *
 * Errors are written as their chain of messages. Never whole: the HTTP clients hang requests with
 * tokens and responses with customers' texts on them.
 */
export function createLog(level: "debug" | "info" | "warn" | "error"): Logger {
  return pino(
    {
      level,
      base: null,
      serializers: { error: describeError },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
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
