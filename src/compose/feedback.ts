import { existsSync } from "node:fs";
import { join } from "node:path";
import { createFeedbackFile, feedbackFileName } from "../adapters/feedback-file/feedback-file.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import type { Config } from "../config.ts";
import { type Feedback, feedbackIn } from "../core/answering/feedback.ts";
import type { Log } from "../core/ports.ts";
import type { JourneyReport } from "../core/types.ts";
import { createRedact } from "../lib/redact.ts";
import type { KeptBeside } from "./kept-beside.ts";
import { dataFolder } from "./memory.ts";

/** The list of feedback, where the policy wants one (`feedback_list`). */
export type FeedbackList = KeptBeside & {
  /** Keeps the feedback of a journey, if it was that. Never throws. */
  ended(report: JourneyReport): void;
  /** Newest first. @param since milliseconds since 1970. @throws Error where the file cannot be used */
  list(since: number): Feedback[];
  close(): void;
};

/** No file is made before the first feedback that is to be kept. */
export function createFeedbackList(config: Config, log: Log): FeedbackList {
  const folder = dataFolder(config);
  const redact = createRedact(config.redactPatterns);
  const file = createFeedbackFile(folder, () => makeDataFolder(folder), log);
  const isThere = () => existsSync(join(folder, feedbackFileName));
  return {
    ended(report) {
      if (!config.policy.isFeedbackListed) return;
      const feedback = feedbackIn(report, redact);
      if (feedback !== null) file.keep(feedback);
    },
    list: (since) => (isThere() ? file.list(since) : []),
    async forget(conversationId) {
      try {
        if (isThere()) file.forgetConversation(conversationId);
      } catch (error) {
        log.error({ conversationId, error }, "feedback is not removed yet");
      }
    },
    async forgetBefore(time) {
      if (isThere()) file.forgetBefore(time);
    },
    close: file.close,
  };
}
