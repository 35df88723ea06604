import type { Intercom } from "../adapters/intercom/intercom.ts";
import { createMockReviews, createNoReviews } from "../adapters/mock/mock-reviews.ts";
import type { SlackReviews } from "../adapters/slack/slack-reviews.ts";
import type { Config } from "../config.ts";
import type { Log, Reviews } from "../core/ports.ts";
import { createAuditSample } from "../core/reviewing/audit-sample.ts";
import type { JourneyReport } from "../core/types.ts";
import { linkedToWhy } from "./explaining.ts";
import type { LadderOfService } from "./ladder.ts";

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
