import { memoryDatabaseIn } from "../compose/memory-database.ts";
import { explain } from "../config/explain.ts";
import { type VariableName, variables } from "../config/variables.ts";
import {
  type Config,
  ConfigError,
  intercomRegions,
  loadConfig,
  type ModelConfig,
  variableIn,
} from "../config.ts";
import type { Prompts } from "../core/ports.ts";
import { type Check, createFindings } from "./check.ts";
import { checkDrafting } from "./drafting.ts";
import { checkFiles } from "./files.ts";
import { checkConversations, checkIntercom } from "./intercom.ts";
import { checkKnowledge } from "./knowledge.ts";
import { checkMem0 } from "./mem0.ts";
import { checkModelServer } from "./model.ts";
import { checkPostgres } from "./postgres.ts";
import { checkPublicAddress } from "./public-address.ts";
import { checkRedis } from "./redis.ts";
import { checkService } from "./service.ts";
import { checkSlack, checkSlackFurther } from "./slack.ts";
import { checkSpelling } from "./spelling.ts";
import { checkThisMachine } from "./this-machine.ts";

type Environment = Record<string, string | undefined>;

/**
 * Everything that can be seen by reading, about the installation that these variables describe.
 * Outside services are asked at the same time.
 *
 * @param environment the variables; those of this process unless given
 */
export async function examine(environment?: Environment): Promise<Check[]> {
  const settings = createFindings("settings");
  const config = readConfig(environment, settings.wrong);
  if (config === null) return settings.checks;
  settings.ok("values", "all are there and have the right form");
  const files = checkFiles(config);
  const service = await checkService(config);
  // Alone: reading the database through holds everything else up.
  const machine = await checkThisMachine(config, service.length > 0);
  const { intercom, model, mem0, slack, redis } = config;
  const database = memoryDatabaseIn(config);
  const outside = await Promise.all([
    intercom && checkIntercom(intercom, intercomRegions(intercom)),
    intercom && checkConversations(intercom),
    model && examineModel(model, files.prompts),
    mem0 && checkMem0(mem0),
    database && checkPostgres(database),
    slack && checkSlack(slack),
    slack && checkSlackFurther(slack),
    redis && checkRedis(redis.url),
    checkPublicAddress(config),
    checkKnowledge(files.policy.sources, config),
  ]);
  return [
    ...settings.checks,
    ...checkSpelling(environment),
    ...files.checks,
    ...machine,
    ...service,
    ...outside.flatMap((checks) => checks ?? []),
  ];
}

/** What a server refuses is not asked of the model as well. */
async function examineModel(config: ModelConfig, prompts: Prompts | null): Promise<Check[]> {
  const server = await checkModelServer(config);
  if (prompts === null || server.some(({ status }) => status === "failed")) return server;
  return [...server, ...(await checkDrafting(config, prompts))];
}

function readConfig(
  environment: Environment | undefined,
  wrong: ReturnType<typeof createFindings>["wrong"],
): Config | null {
  try {
    return loadConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) {
      const name = variableIn(problem);
      const setting = name in variables ? (name as VariableName) : undefined;
      if (setting === undefined) {
        wrong("failed", name, problem, "Correct it, then run this again.");
      } else {
        // The page of the setting is said by itself.
        const { what, why } = partsOf(problem, setting);
        wrong("failed", name, what, why, setting);
      }
    }
    return null;
  }
}

/** What is wrong with a setting, without its dot, and what the setting does. */
function partsOf(problem: string, setting: VariableName): { what: string; why: string } {
  const what = problem.replace(explain(setting), "").trim().replace(/\.$/, "");
  return { what, why: `Set ${setting}: it ${variables[setting].purpose}.` };
}
