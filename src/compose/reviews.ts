import type { Intercom } from "../adapters/intercom/intercom.ts";
import { createMockReviews, createNoReviews } from "../adapters/mock/mock-reviews.ts";
import { createSlackReviews, type SlackReviews } from "../adapters/slack/slack-reviews.ts";
import type { Config } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Measures } from "../core/measures.ts";
import type {
  Drafter,
  HelpCenter,
  Inbox,
  Log,
  Reviews,
  Teammates,
  WorkQueue,
} from "../core/ports.ts";
import { createAuditSample } from "../core/reviewing/audit-sample.ts";
import type { SettlePorts } from "../core/reviewing/settle-review.ts";
import type { SignatureRecord } from "../core/signature-record.ts";
import type { JourneyReport, Outcome } from "../core/types.ts";
import { sleep } from "../lib/sleep.ts";
import { linkedToWhy } from "./explaining.ts";
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
    onConcluded(conversationId: string, outcome: Outcome["kind"]): void;
  },
): SlackReviews | null {
  const { teammates, measures } = ports;
  if (config.slack === null || teammates === null) return null;
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
    insightUrl:
      config.publicUrl === null || config.adminToken === null
        ? null
        : new URL("/insight", config.publicUrl).href,
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

/** Has some of the automatic replies checked by a person; `null` where none are. */
export function createAudit(
  config: Config,
  slack: SlackReviews,
  intercom: Intercom | null,
  ladder: Pick<LadderOfService, "auditPercentFor">,
  log: Log,
): ((report: JourneyReport) => Promise<void>) | null {
  const { auditSamplePercent, policyFile } = config;
  // Only a policy file has a ladder, and it may get one at any time.
  if (intercom === null || (auditSamplePercent === 0 && policyFile === null)) return null;
  return createAuditSample({
    percentFor: (draft) => Math.max(auditSamplePercent, ladder.auditPercentFor(draft)),
    random: Math.random,
    inbox: linkedToWhy(config, intercom.inbox),
    post: slack.postAudit,
    log,
  });
}

/** Where a person is asked when Slack is not. */
export function createReviewsWithoutSlack(config: Config, log: Log): Reviews {
  return config.isMock ? createMockReviews({ log }) : createNoReviews();
}
