import type { LookupTool } from "../../core/lookup-tools.ts";
import type { Clock, LookupRunner } from "../../core/ports.ts";
import { patienceOf } from "../../lib/patience.ts";
import type { Redact } from "../../lib/redact.ts";
import { askOverHttp } from "./ask-over-http.ts";
import { type LookupAnswer, LookupError } from "./lookup-answer.ts";
import { shownOf } from "./shown-of.ts";

const maxKept = 500;

/**
 * Asks the tools that the policy declares, each at its declared address alone: no redirects, bounded in time
 * and size. Of what comes back only the declared fields are handed on, secrets masked.
 *
 * @param options.secrets what headers may name: the environment's `LOOKUP_…`
 */
export function createLookupRunner(options: {
  secrets: Record<string, string>;
  redact: Redact;
  clock: Clock;
}): LookupRunner {
  const { secrets, redact, clock } = options;
  const kept = new Map<string, { until: number; text: string }>();

  async function ask(
    tool: LookupTool,
    values: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string> {
    const headers = Object.fromEntries(
      Object.entries(tool.from.headers).map(([name, value]) => [name, withSecrets(value, secrets)]),
    );
    const { from } = tool;
    if (from.kind === "http") return answered(await askOverHttp(from.url, headers, values, signal));
    // Loaded for those who declare such a tool.
    const { askOverMcp } = await import("./ask-over-mcp.ts");
    return answered(await askOverMcp(from, headers, values, signal));

    function answered(answer: LookupAnswer): string {
      const text = redact(shownOf(answer, tool.show)).trim();
      if (text === "") throw new LookupError("it answered with none of the fields to show");
      return text;
    }
  }

  return {
    async run(tool, values, signal) {
      const key = JSON.stringify([tool.name, tool.from, tool.show, values]);
      const known = kept.get(key);
      if (known !== undefined && known.until > clock()) return { text: known.text };
      const patience = patienceOf(tool.timeoutMs, signal);
      try {
        const text = await ask(tool, values, patience.signal);
        if (tool.keptMs > 0) {
          kept.delete(key);
          kept.set(key, { until: clock() + tool.keptMs, text });
          const oldest = kept.keys().next();
          if (kept.size > maxKept && !oldest.done) kept.delete(oldest.value);
        }
        return { text };
      } catch (error) {
        if (patience.signal.aborted) return { problem: `no answer in ${tool.timeoutMs / 1000} s` };
        return { problem: error instanceof LookupError ? error.message : "it could not be asked" };
      } finally {
        patience.end();
      }
    },
  };
}

const secretNames = /\$\{(LOOKUP_[A-Z0-9_]+)\}/g;

/** What headers of these tools name and the environment does not have. */
export function missingSecrets(
  tools: LookupTool[],
  secrets: Record<string, string>,
): { name: string; setting: string }[] {
  return tools.flatMap(({ name, from }) =>
    Object.values(from.headers).flatMap((value) =>
      Array.from(value.matchAll(secretNames), ([, setting = ""]) => ({ name, setting })).filter(
        ({ setting }) => !secrets[setting],
      ),
    ),
  );
}

function withSecrets(value: string, secrets: Record<string, string>): string {
  return value.replace(secretNames, (_, name: string) => {
    const secret = secrets[name] ?? "";
    if (secret === "") throw new LookupError(`${name} is not set in the environment`);
    return secret;
  });
}
