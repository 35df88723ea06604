import { createSlackReviews, type SlackReviews } from "../adapters/slack/slack-reviews.ts";
import type { Config } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Measures } from "../core/measures.ts";
import type { Drafter, HelpCenter, Inbox, Log, Teammates, WorkQueue } from "../core/ports.ts";
import type { SettlePorts } from "../core/reviewing/settle-review.ts";
import type { SignatureRecord } from "../core/signature-record.ts";
import type { Outcome } from "../core/types.ts";
import { sleep } from "../lib/sleep.ts";
import type { KeepingTrue } from "./keeping-true.ts";
import type { LadderOfService } from "./ladder.ts";

/** `null` where no Slack is configured: drafts that need a person become internal notes then. */
export function createSlack(
  config: Config,
  health: DependencyHealth,
  log: Log,
  ports: Pick<SettlePorts, "record"> & {
    inbox: Inbox;
    queue: WorkQueue;
    memory: AnswerMemory;
    drafter: Drafter;
    helpCenter: HelpCenter;
    teammates: Teammates | null;
    measures: Measures;
    clickSignatures: SignatureRecord;
    ladder: LadderOfService;
    keepingTrue: KeepingTrue;
    onConcluded(conversationId: string, outcome: Outcome["kind"]): void;
  },
): SlackReviews | null {
  const { teammates, measures } = ports;
  if (config.slack === null || teammates === null) return null;
  const { publicUrl, adminToken } = config;
  const pageUrl = (path: string) =>
    publicUrl === null || adminToken === null ? null : new URL(path, publicUrl).href;
  return createSlackReviews({
    ...config.slack,
    policy: () => config.policy,
    queue: ports.queue,
    settlePorts: { ...ports, rest: sleep, clock: Date.now, log },
    redraftPorts: ports,
    overviewPorts: ports,
    measures,
    onConcluded: ports.onConcluded,
    teammates,
    insightUrl: pageUrl("/insight"),
    memoryUrl: pageUrl("/memory"),
    knowledgeToDo: ports.keepingTrue.known,
    answerLadder: ports.ladder.answer,
    onAudited(sent) {
      measures.audited(sent);
      ports.ladder.audited();
    },
    clickSignatures: ports.clickSignatures,
    onOk: () => health.ok("slack"),
    onFailing: (error) => health.failing("slack", error),
    log,
  });
}
