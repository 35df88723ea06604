import { createLookupRunner, missingSecrets } from "../adapters/lookup-tools/lookup-runner.ts";
import type { Config } from "../config.ts";
import { withLookupTools } from "../core/answering/looked-up.ts";
import type { Drafter, Log } from "../core/ports.ts";
import { createRedact } from "../lib/redact.ts";

/** The same drafter, whose model may have looked up what the policy file declares under `lookups`. */
export function withLookups(drafter: Drafter, config: Config, log: Log): Drafter {
  const runner = createLookupRunner({
    secrets: config.lookupSecrets,
    redact: createRedact(config.redactPatterns),
    clock: Date.now,
  });
  for (const { name, setting } of missingSecrets(config.policy.lookups, config.lookupSecrets)) {
    log.warn(
      { lookup: name, setting },
      `the look-up ${name} cannot be asked: ${setting} is not set`,
    );
  }
  return withLookupTools(drafter, { policy: () => config.policy, runner, log });
}
