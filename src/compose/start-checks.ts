import type { Config } from "../config.ts";
import { intercomRegions } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { Log } from "../core/ports.ts";
import type { Check } from "../doctor/check.ts";
import { checkIntercom } from "../doctor/intercom.ts";
import { checkMem0 } from "../doctor/mem0.ts";
import { checkModelServer } from "../doctor/model.ts";
import { checkPostgres } from "../doctor/postgres.ts";
import { problemLine } from "../doctor/report.ts";
import { checkSlack } from "../doctor/slack.ts";
import { checkSpelling } from "../doctor/spelling.ts";
import { sleep } from "../lib/sleep.ts";
import { memoryDatabaseIn } from "./memory-database.ts";

const checkRetryMs = 30_000;

type Group = { dependency: string; examine(): Promise<Check[]> };

/**
 * The part of the doctor's checks that asks the outside services, made at the start and said in the
 * doctor's words. What they show counts as tried. A service with something wrong is asked again
 * until it is in order; the same words are logged once.
 */
export function createStartChecks(
  config: Config,
  health: DependencyHealth,
  log: Log,
  rest: (ms: number, signal: AbortSignal) => Promise<void> = sleep,
) {
  const stopping = new AbortController();
  return {
    /** Never waits and never fails. */
    start() {
      // A memory in a file has been opened by now, or there would be no start.
      if (config.mem0 === null && config.memoryUrl === null) health.ok("memory");
      say(checkSpelling(), new Set());
      for (const group of groupsOf(config)) {
        untilInOrder(group).catch((error) => {
          log.error({ error, dependency: group.dependency }, "not checked at the start");
        });
      }
    },
    stop: () => stopping.abort(),
  };

  async function untilInOrder({ dependency, examine }: Group): Promise<void> {
    const said = new Set<string>();
    for (let isFirst = true; !stopping.signal.aborted; isFirst = false) {
      const checks = await examine();
      say(checks, said);
      const problems = checks.filter(
        ({ status, setting }) => status === "failed" && setting !== null,
      );
      const lasting = problems.find(isLasting);
      health.setUp(dependency, lasting === undefined ? null : problemLine(lasting));
      if (checks.every(({ status }) => status !== "failed")) {
        // What could not be seen has not been tried either.
        if (checks.some(({ status }) => status === "ok")) health.ok(dependency);
        return;
      }
      // Later on, calls that customers wait for know better.
      const [problem] = problems;
      if (isFirst && problem !== undefined) health.failing(dependency, problemLine(problem));
      await rest(checkRetryMs, stopping.signal);
    }
  }

  function say(checks: Check[], said: Set<string>): void {
    for (const check of checks) {
      const { status, name } = check;
      if (status !== "failed" && status !== "warning") continue;
      const words = problemLine(check);
      if (said.has(words)) continue;
      said.add(words);
      if (status === "failed") log.error({ check: name }, words);
      else log.warn({ check: name }, words);
    }
    const seen = checks.filter(({ status }) => status === "ok");
    const [first] = seen;
    if (first === undefined || checks.some(({ status }) => status === "failed")) return;
    const details = seen.map(({ name, detail }) => [name.split(".")[1] ?? name, detail]);
    log.info(Object.fromEntries(details), `${first.group} is set up`);
  }
}

/**
 * Whether it stays wrong whatever a single call shows: a wrong admin can read, a wrong channel knows
 * the token. Of the model and the memory, and of what cannot be reached, each call tells anew.
 */
function isLasting({ name, group }: Check): boolean {
  return (group === "intercom" || group === "slack") && !name.endsWith(".reachable");
}

function groupsOf(config: Config): Group[] {
  const { intercom, model, mem0, slack } = config;
  const database = memoryDatabaseIn(config);
  return [
    ...(intercom === null
      ? []
      : [
          {
            dependency: "intercom",
            examine: () => checkIntercom(intercom, intercomRegions(intercom)),
          },
        ]),
    ...(model === null ? [] : [{ dependency: "model", examine: () => checkModelServer(model) }]),
    ...(mem0 === null ? [] : [{ dependency: "memory", examine: () => checkMem0(mem0) }]),
    ...(database === null
      ? []
      : [{ dependency: "memory", examine: () => checkPostgres(database) }]),
    ...(slack === null ? [] : [{ dependency: "slack", examine: () => checkSlack(slack) }]),
  ];
}
