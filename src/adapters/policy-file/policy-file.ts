import { readFileSync, statSync } from "node:fs";
import type { Log } from "../../core/ports.ts";
import type { Policy } from "../../core/types.ts";
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

/**
 * Reads the policy file now, and again whenever it has changed.
 *
 * @param settings what serves for the keys that the file leaves out
 * @throws PolicyFileError when it cannot be used now; a later bad edit keeps the last good policy
 */
export function createPolicyFile(path: string, settings: Policy, log: Log): PolicyFile {
  let version = versionOf(path);
  let policy = { ...settings, ...load(path) };
  let problem: string | null = null;

  function reread() {
    version = versionOf(path);
    try {
      policy = { ...settings, ...load(path) };
      problem = null;
      log.info({ path, ...summary(policy) }, "policy file read");
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      log.error({ path, problem }, "policy file cannot be used: the last good one stays in force");
    }
  }
  log.info({ path, ...summary(policy) }, "policy file read");

  return {
    current() {
      if (versionOf(path) !== version) reread();
      return policy;
    },
    reread,
    problem: () => problem,
  };
}

function load(path: string): PolicyFromFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new PolicyFileError(`The policy file ${path} (POLICY_FILE) cannot be read${code}.`, {
      cause,
    });
  }
  const read = readPolicy(text);
  if ("policy" in read) return read.policy;
  const list = read.problems.map((one) => `\n      ${one}`).join("");
  throw new PolicyFileError(`The policy file ${path} (POLICY_FILE) cannot be used:${list}`);
}

/** What is in force, and for each value whether the file or the settings gave it. */
function summary({ rules, replyMode, confidenceThreshold, maxAutomaticReplies }: Policy) {
  return {
    rules: Object.values(rules).flatMap((some) => some.map(({ name }) => name)),
    otherwise: replyMode,
    confidenceThreshold,
    maxAutomaticReplies,
  };
}

/** Another text whenever the file was written, removed or put back. */
function versionOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return file === undefined ? "none" : `${file.ino}/${file.mtimeMs}/${file.size}`;
}
