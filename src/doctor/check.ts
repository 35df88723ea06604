import { type VariableName, variables } from "../config/variables.ts";

/**
 * `warning`: works, but not as it should. `unproved`: cannot be seen by reading alone, and is no
 * reason to worry by itself.
 */
export type Status = "ok" | "warning" | "failed" | "unproved";

export type Check = {
  /** Stable, for whoever reads `--json`: `intercom.token`. */
  name: string;
  group: string;
  status: Status;
  /** What was seen, without secrets and without customers' words. */
  detail: string;
  /** What to do; `null` where there is nothing to do. */
  hint: string | null;
  /** The variable that decides it. */
  setting: VariableName | null;
  /** Where its value is found or mended. */
  page: string | null;
};

/** Where whoever runs the service writes down what is theirs to choose. */
const settingsFile = ".env";

/** Collects the checks of one group, in the order in which they are made. */
export type Findings = {
  checks: Check[];
  ok(name: string, detail: string): void;
  unproved(name: string, detail: string): void;
  wrong(
    status: "warning" | "failed",
    name: string,
    detail: string,
    hint: string,
    setting?: VariableName,
  ): void;
};

export function createFindings(group: string): Findings {
  const checks: Check[] = [];
  const add = (
    name: string,
    status: Status,
    detail: string,
    hint: string | null = null,
    setting: VariableName | null = null,
  ) => {
    const page = setting === null ? null : (variables[setting].where ?? settingsFile);
    checks.push({ name: `${group}.${name}`, group, status, detail, hint, setting, page });
  };
  return {
    checks,
    ok: (name, detail) => add(name, "ok", detail),
    unproved: (name, detail) => add(name, "unproved", detail),
    wrong: (status, name, detail, hint, setting) =>
      add(name, status, detail, hint, setting ?? null),
  };
}
