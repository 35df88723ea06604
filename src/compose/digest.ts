import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { SlackReviews } from "../adapters/slack/slack-reviews.ts";
import type { Config } from "../config.ts";
import { zoneOf } from "../core/answering/daily-count.ts";
import type { DigestTime } from "../core/insight/digest.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Log } from "../core/ports.ts";
import { createRedact } from "../lib/redact.ts";
import { insightStore } from "./insight.ts";
import type { KeepingTrue } from "./keeping-true.ts";

const dayMs = 86_400_000;
/** What the digest needs: four weeks for its picture, and those before them for conversations that began there. */
const leastMs = 35 * dayMs;
const tickMs = 10 * 60_000;
const checkpointTimeoutMs = 10_000;
const checkpointKey = "weekly-digest";

export type WeeklyDigest = { start(): void; stop(): void };

/**
 * Once a week what /insight shows, in Slack. What it takes is loaded when it is due. That it was posted
 * is kept in the memory, so that neither a restart nor another replica posts it again.
 *
 * @returns `null` where WEEKLY_DIGEST is not set, or there is no Slack
 */
export function createWeeklyDigest(
  config: Config,
  ports: {
    intercom: Intercom | null;
    slack: SlackReviews | null;
    memory: AnswerMemory;
    keepingTrue: KeepingTrue;
  },
  log: Log,
): WeeklyDigest | null {
  const { intercom, slack, memory, keepingTrue } = ports;
  const when = config.slack?.weeklyDigest ?? null;
  return when === null || intercom === null || slack === null
    ? null
    : begin(when, config, { archive: intercom.archive, slack, memory, keepingTrue }, log);
}

function begin(
  when: DigestTime,
  config: Config,
  {
    archive,
    slack,
    memory,
    keepingTrue,
  }: Pick<Intercom, "archive"> & {
    slack: SlackReviews;
    memory: AnswerMemory;
    keepingTrue: KeepingTrue;
  },
  log: Log,
): WeeklyDigest {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let posted: string | null = null;
  let isUnderWay = false;

  async function look(): Promise<void> {
    const { digestDue, digestOf } = await import("../core/insight/digest.ts");
    const day = digestDue(Date.now(), when, zoneOf(config.policy.officeHours));
    if (day === null || day === posted) return;
    const timeout = () => AbortSignal.timeout(checkpointTimeoutMs);
    if ((await memory.readCheckpoint(checkpointKey, timeout())) === day) {
      posted = day;
      return;
    }
    const { buildInsight } = await import("../core/insight/insight-run.ts");
    const store = insightStore(config);
    const before = store.read();
    const spanMs = before === null ? 0 : before.builtAt - before.since;
    const data = await buildInsight(
      Date.now() - Math.max(leastMs, spanMs),
      {
        archive,
        memory,
        store,
        redact: createRedact(config.redactPatterns),
        clock: Date.now,
      },
      () => {},
      stopping.signal,
    );
    const toDo = await keepingTrue.count();
    // First: a digest that is missing is better than one that comes twice.
    await memory.writeCheckpoint(checkpointKey, day, timeout());
    posted = day;
    const isPosted = await slack.postDigest(digestOf(data, Date.now()), toDo);
    if (isPosted) log.info({ day }, "weekly digest posted");
  }

  async function tick(): Promise<void> {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await look();
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ error }, "weekly digest not posted yet");
    } finally {
      isUnderWay = false;
    }
  }

  return {
    start() {
      void tick();
      timer = setInterval(tick, tickMs);
      timer.unref();
    },
    stop() {
      stopping.abort();
      if (timer !== null) clearInterval(timer);
    },
  };
}
