import { createIntercom } from "../adapters/intercom/intercom.ts";
import { createPolicyFile, loadPolicyFile } from "../adapters/policy-file/policy-file.ts";
import type { PolicyFromFile } from "../adapters/policy-file/read-policy.ts";
import { type Config, sourceNames } from "../config.ts";
import { type ExplainedRules, explainRules } from "../core/explaining/explain-rules.ts";
import { judgedSentences } from "../core/judging/checked-drafter.ts";
import { sentencesUsed } from "../core/judging/sentences-used.ts";
import type { Log } from "../core/ports.ts";
import { newestTurn, recentHistory, unansweredTurn } from "../core/turn.ts";
import type { Conversation, JudgedSentence, Policy } from "../core/types.ts";
import { createChecker } from "./checker.ts";
import { createLookUps } from "./look-ups.ts";

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Reads a policy file as the service would. @throws PolicyFileError naming everything that is wrong with it */
export function checkPolicyFile(path: string): PolicyFromFile {
  return loadPolicyFile(path, sourceNames());
}

/** The settings with what the policy file says now. @throws PolicyFileError when it cannot be used */
export function withPolicyFile(config: Config): Config {
  const { policyFile } = config;
  if (policyFile === null) return config;
  return { ...config, policy: createPolicyFile(policyFile, config.policy, silent).current() };
}

/**
 * What each rule makes of a conversation, as Intercom has it now.
 *
 * @returns `null` where there is no such conversation, or no customer has written in it
 * @throws PolicyFileError, UpstreamError
 */
export async function explainRulesFor(
  conversationId: string,
  config: Config,
): Promise<ExplainedRules | null> {
  const { intercom: settings } = config;
  if (settings === null) throw new Error("In mock mode there is no Intercom to read from.");
  const { policy } = withPolicyFile(config);
  const intercom = createIntercom({ ...settings, log: silent });
  const inbox = createLookUps({ ...config, policy }, intercom, silent).knownIn(intercom.inbox);
  const conversation = await inbox.read(conversationId);
  if (conversation === null) return null;
  return explainRules(conversation, policy, await judged(conversation, policy, config));
}

/** What CHECK_MODEL says of the policy's plain sentences; without it only a draft could tell. */
async function judged(
  conversation: Conversation,
  policy: Policy,
  config: Config,
): Promise<JudgedSentence[] | undefined> {
  const sentences = sentencesUsed(policy.rules);
  const turn = unansweredTurn(conversation) ?? newestTurn(conversation);
  const checker = sentences.length === 0 ? null : createChecker(config, silent);
  if (checker === null || turn === null) return undefined;
  const asked = { turn, history: recentHistory(turn, policy.historyTurns) };
  const checks = { checker, policy: () => policy, log: silent };
  return judgedSentences(asked, sentences, checks, new AbortController().signal);
}
