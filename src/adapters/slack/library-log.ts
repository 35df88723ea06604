import { LogLevel } from "@slack/bolt";
import type { Log } from "../../core/ports.ts";

/**
 * What Slack's libraries have to say, as lines of our log. Their details hold whole requests and
 * with them customers' texts, so only warnings and errors pass, and of those only words.
 */
export function libraryLog(log: Log) {
  const words = (parts: unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : part))
      .filter((part) => typeof part === "string")
      .join(" ")
      .slice(0, 300);
  return {
    debug() {},
    info() {},
    warn: (...parts: unknown[]) => log.warn({ detail: words(parts) }, "slack library"),
    error: (...parts: unknown[]) => log.error({ detail: words(parts) }, "slack library"),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
