import { createMockReviews, createNoReviews } from "../adapters/mock/mock-reviews.ts";
import { createSlackReviews, type SlackReviews } from "../adapters/slack/slack-reviews.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/answer-memory.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { Drafter, HelpCenter, Log, Reviews, Teammates, WorkQueue } from "../core/ports.ts";
import type { SettlePorts } from "../core/settle-review.ts";
import { sleep } from "../lib/sleep.ts";

/** `null` where no Slack is configured: drafts that need a person become internal notes then. */
export function createSlack(
  config: Config,
  health: DependencyHealth,
  log: Log,
  ports: Pick<SettlePorts, "inbox" | "record"> & {
    queue: WorkQueue;
    memory: AnswerMemory;
    drafter: Drafter;
    helpCenter: HelpCenter;
    teammates: Teammates | null;
  },
): SlackReviews | null {
  const { teammates } = ports;
  if (config.slack === null || teammates === null) return null;
  return createSlackReviews({
    ...config.slack,
    policy: config.policy,
    queue: ports.queue,
    settlePorts: { ...ports, rest: sleep, clock: Date.now, log },
    redraftPorts: ports,
    teammates,
    onOk: () => health.ok("slack"),
    onFailing: (error) => health.failing("slack", error),
    log,
  });
}

/** Where a person is asked when Slack is not. */
export function createReviewsWithoutSlack(config: Config, log: Log): Reviews {
  return config.isMock ? createMockReviews({ log }) : createNoReviews();
}
