import { type VariableName, variables } from "../config/variables.ts";
import { type Config, ConfigError, intercomRegions, loadConfig, variableIn } from "../config.ts";
import { type Check, createFindings } from "./check.ts";
import { checkIntercom } from "./intercom.ts";
import { checkMem0 } from "./mem0.ts";
import { checkModelServer } from "./model.ts";
import { checkSlack } from "./slack.ts";
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
  // First and alone: reading the database through holds everything else up.
  const machine = await checkThisMachine(config);
  const { intercom, model, mem0, slack } = config;
  const outside = await Promise.all([
    intercom && checkIntercom(intercom, intercomRegions(intercom)),
    model && checkModelServer(model),
    mem0 && checkMem0(mem0),
    slack && checkSlack(slack),
  ]);
  return [...settings.checks, ...machine, ...outside.flatMap((checks) => checks ?? [])];
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
      const hint = setting === undefined ? "Correct it, then run this again." : `Set ${setting}.`;
      wrong("failed", name, problem, hint, setting);
    }
    return null;
  }
}
