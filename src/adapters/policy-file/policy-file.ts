import { readFileSync } from "node:fs";
import { builtInEscalations } from "../../core/judging/built-in-escalations.ts";
import type { Log } from "../../core/ports.ts";
import type { Policy } from "../../core/types.ts";
import { fileVersion } from "../../lib/file-version.ts";
import { type PolicyFromFile, readPolicy } from "./read-policy.ts";

/** The policy file cannot be used; the message names everything that is wrong with it. */
export class PolicyFileError extends Error {
  override readonly name = "PolicyFileError";
}

export type PolicyFile = {
  /** The settings with what the file says in their place; read again when the file has changed. */
  current(): Policy;
  /** Reads the file again, changed or not. */
  reread(): void;
  /** Why the file as it is now cannot be used, or `null`; the last good one serves until then. */
  problem(): string | null;
};

/** Told to people when an edit cannot be used, and when one can be again. */
export type PolicyFileNews = (
  news: { isUsable: true } | { isUsable: false; problem: string },
) => void;

/**
 * Reads the policy file now, and again whenever it has changed.
 *
 * @param settings what serves for the keys that the file leaves out
 * @throws PolicyFileError when it cannot be used now; a later bad edit keeps the last good policy
 */
export function createPolicyFile(
  path: string,
  settings: Policy,
  log: Log,
  tell: PolicyFileNews = () => {},
): PolicyFile {
  let version = fileVersion(path);
  const taken = settings.sources.map(({ name }) => name);
  let file = loadPolicyFile(path, taken);
  let policy = together(settings, file);
  let problem: string | null = null;

  function reread() {
    version = fileVersion(path);
    try {
      file = loadPolicyFile(path, taken);
      policy = together(settings, file);
      log.info({ path, ...summary(policy, file) }, "policy file read");
      if (problem !== null) tell({ isUsable: true });
      problem = null;
    } catch (error) {
      const before = problem;
      problem = error instanceof Error ? error.message : String(error);
      log.error({ path, problem }, "policy file cannot be used: the last good one stays in force");
      // Once for each mistake, and not at each look.
      if (problem !== before) tell({ isUsable: false, problem });
    }
  }
  log.info({ path, ...summary(policy, file) }, "policy file read");

  return {
    current() {
      if (fileVersion(path) !== version) reread();
      return policy;
    },
    reread,
    problem: () => problem,
  };
}

/** What the file says in place of the settings; sources of knowledge are those of both. */
function together(settings: Policy, file: PolicyFromFile): Policy {
  return { ...settings, ...file, sources: [...settings.sources, ...(file.sources ?? [])] };
}

/**
 * @param taken names of sources that the settings name
 * @throws PolicyFileError naming everything that is wrong with it
 */
export function loadPolicyFile(path: string, taken: readonly string[] = []): PolicyFromFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new PolicyFileError(`The policy file ${path} (POLICY_FILE) cannot be read${code}.`, {
      cause,
    });
  }
  const read = readPolicy(text, taken);
  if ("policy" in read) return read.policy;
  const list = read.problems.map((one) => `\n      ${one}`).join("");
  throw new PolicyFileError(`The policy file ${path} (POLICY_FILE) cannot be used:${list}`);
}

/** What is in force, and for each value whether the file or the settings gave it. */
function summary(policy: Policy, file: PolicyFromFile) {
  const { rules, replyMode, confidenceThreshold, maxAutomaticReplies, contactAttributes } = policy;
  const values = { confidenceThreshold, maxAutomaticReplies, contactAttributes };
  const from = (name: string) => (name in file ? "file" : "settings");
  const builtIn = builtInEscalations.map(({ name }) => name);
  return {
    rules: Object.values(rules).flatMap((some) => some.map(({ name }) => name)),
    switchedOff: builtIn.filter((name) => !rules.escalate.some((rule) => rule.name === name)),
    otherwise: `${replyMode} (settings)`,
    ...(policy.sources.length === 0 ? {} : { sources: policy.sources.map(({ name }) => name) }),
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, `${String(value)} (${from(name)})`]),
    ),
  };
}
