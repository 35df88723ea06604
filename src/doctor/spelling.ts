import { misspeltVariables } from "../config.ts";
import { type Check, createFindings } from "./check.ts";

/**
 * Variables that are set but nobody reads, and that are spelt nearly as one of ours: where that one
 * is optional, nothing else shows the mistake.
 *
 * @param environment the variables; those of this process unless given
 */
export function checkSpelling(environment?: Record<string, string | undefined>): Check[] {
  const findings = createFindings("settings");
  for (const { name, meant } of misspeltVariables(environment)) {
    findings.wrong(
      "warning",
      name,
      `${name} is set, which is no setting of this service`,
      `If ${meant} is meant, write it so; if something else uses ${name}, ignore this.`,
      meant,
    );
  }
  return findings.checks;
}
