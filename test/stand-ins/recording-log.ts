import type { Log } from "../../src/core/ports.ts";

/** A log that keeps what it is told. */
export function createRecordingLog(): Log & {
  lines: { level: string; values: object; event: string }[];
} {
  const lines: { level: string; values: object; event: string }[] = [];
  const at = (level: string) => (values: object, event: string) => {
    lines.push({ level, values, event });
  };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
