import { createCalibrationFile } from "../adapters/calibration-file/calibration-file.ts";
import { createLadderFile } from "../adapters/ladder-file/ladder-file.ts";
import type { SlackReviews } from "../adapters/slack/slack-reviews.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import type { Config } from "../config.ts";
import { zoneOf } from "../core/answering/daily-count.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Clock, Log } from "../core/ports.ts";
import { createLadderAudits } from "../core/proving/ladder-audits.ts";
import type { LadderKeeper } from "../core/proving/ladder-keeper.ts";
import { earnedTopics, type Move } from "../core/proving/ladder-moves.ts";
import type { Draft, Policy } from "../core/types.ts";
import { presentDrafting } from "./drafter.ts";
import { dataFolder } from "./memory.ts";

export type LadderOfService = {
  /** The policy, and in it the topics that may go out by themselves now. */
  applied(policy: Policy): Policy;
  /** A person's answer to the question whether a topic may. */
  answer: LadderKeeper["answer"];
  /** A person has checked an automatic reply: what is due is done at once. */
  audited(): void;
  /** How many of 100 replies like that one a person should check because of the ladder. */
  auditPercentFor(draft: Draft): number;
  /** Begins to look by itself. */
  start(): void;
  stop(): void;
};

/** What people decide about drafts moves no topic faster than that; what audits find does, at once. */
const lookEveryMs = 3_600_000;
/** How soon it is seen that the policy file has a ladder now. */
const tickMs = 15_000;

/** The ladder as the service has it; without `ladder` in the policy file it does nothing. */
export function createServiceLadder(
  config: Config,
  log: Log,
  ports: Pick<AnswerMemory, "findVerdicts"> & { slack(): SlackReviews | null; clock: Clock },
): LadderOfService {
  const { clock } = ports;
  const folder = dataFolder(config);
  const store = createLadderFile(folder, () => makeDataFolder(folder), log);
  const calibrationFile = createCalibrationFile(folder, log);
  let present: ReturnType<typeof presentDrafting> | null = null;
  let loading: Promise<LadderKeeper> | null = null;
  const keeper = () => {
    loading ??= load();
    return loading;
  };
  /** Only a policy with a ladder needs it. */
  async function load(): Promise<LadderKeeper> {
    const [{ createLadderKeeper }, { ladderTerms }] = await Promise.all([
      import("../core/proving/ladder-keeper.ts"),
      import("../core/proving/ladder-terms.ts"),
    ]);
    return createLadderKeeper({
      memory: ports,
      store,
      rules: () => config.policy.ladder,
      terms({ errorLimit }) {
        present ??= presentDrafting(config);
        return ladderTerms(errorLimit, config.policy, present, calibrationFile.current());
      },
      ask: async (move) => (await ports.slack()?.askAboutTopic(move)) ?? false,
      async tell(move) {
        const slack = ports.slack();
        if (slack === null) return;
        const { toldMove } = await import("../adapters/slack/ladder-cards.ts");
        await slack.tell(toldMove(move));
      },
      clock,
      log,
    });
  }
  const inForce = () => {
    const { ladder } = config.policy;
    return ladder === null ? [] : earnedTopics(store.moves() ?? [], ladder);
  };
  const auditPercentFor = createLadderAudits({
    moves: inForce,
    clock,
    dayOf(at) {
      const timeZone = zoneOf(config.policy.officeHours);
      return new Intl.DateTimeFormat("en-CA", { timeZone }).format(at);
    },
  });
  let applied: { policy: Policy; moves: Move[]; withTopics: Policy } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lookedAt: number | null = null;

  async function look(): Promise<void> {
    await (await keeper()).look();
  }

  function lookIfDue(): void {
    if (config.policy.ladder === null) {
      lookedAt = null;
      return;
    }
    if (lookedAt !== null && clock() - lookedAt < lookEveryMs) return;
    lookedAt = clock();
    void look();
  }

  return {
    applied(policy) {
      if (policy.ladder === null) return policy;
      const moves = store.moves() ?? [];
      // The same object as long as nothing changes: others keep what they worked out of a policy.
      if (applied?.policy !== policy || applied.moves !== moves) {
        const withTopics = { ...policy, earnedTopics: earnedTopics(moves, policy.ladder) };
        applied = { policy, moves, withTopics };
      }
      return applied.withTopics;
    },
    answer: async (...args) => (await keeper()).answer(...args),
    audited() {
      if (config.policy.ladder !== null) void look();
    },
    auditPercentFor,
    start() {
      if (config.policyFile === null) return;
      lookIfDue();
      timer = setInterval(lookIfDue, tickMs);
      timer.unref();
    },
    stop() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
