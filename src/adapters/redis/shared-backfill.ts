import type { Backfill } from "../../core/learning/backfill.ts";
import type { BackfillOptions, BackfillReport } from "../../core/learning/backfill-report.ts";
import { sleep } from "../../lib/sleep.ts";
import type { RedisLink } from "./redis-link.ts";

export type SharedBackfill = {
  /**
   * Starts a run on this replica, unless one is under way on any.
   * @returns the report is `null` in the moment in which another replica begins
   * @throws UpstreamError when Redis is away: nobody knows then whether another replica is at it
   */
  start(options: BackfillOptions): Promise<{ isNew: boolean; report: BackfillReport | null }>;
  /** The run under way, or else the last one, of whichever replica. */
  report(): Promise<BackfillReport | null>;
  /** Ends the run under way, on whichever replica. @returns whether there was one. @throws UpstreamError */
  stop(): Promise<boolean>;
};

const gone = "The replica that ran it is gone. Start it again: it goes on from where it stopped.";
const beatMs = 1_000;
const silentForMs = 15_000;
const keptMs = 7 * 86_400_000;
/** Whoever holds it renews it; nobody else can. */
const renew = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const release = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;

/**
 * Learning from past conversations, one run at a time over all replicas, and seen from each.
 *
 * @param silentMs a replica that says nothing for so long does not run it any more
 */
export function createSharedBackfill(
  link: RedisLink,
  replicaId: string,
  local: Backfill,
  silentMs: number = silentForMs,
): SharedBackfill {
  const holderKey = link.key("sync");
  const reportKey = link.key("sync-report");
  const stopKey = link.key("sync-stop");
  const isRunningHere = () => local.report()?.state === "running";

  async function tell(report: BackfillReport | null): Promise<void> {
    const text = JSON.stringify(report);
    await link.ask((client) => client.set(reportKey, text, "PX", keptMs));
  }

  /** While the run lasts: says that it does, how it goes, and hears when another replica stops it. */
  async function attend(): Promise<void> {
    const over = new AbortController();
    const settled = local.settled().then(() => over.abort());
    while (isRunningHere()) {
      await tell(local.report()).catch(() => undefined);
      const isToStop = await link
        .ask(async (client) => {
          await client.eval(renew, 1, holderKey, replicaId, silentMs);
          return client.get(stopKey);
        })
        .catch(() => null);
      if (isToStop === local.report()?.id) local.stop();
      await sleep(beatMs, over.signal);
    }
    await settled;
    await tell(local.report()).catch(() => undefined);
    await link
      .ask((client) => client.eval(release, 1, holderKey, replicaId))
      .catch(() => undefined);
  }

  async function told(): Promise<BackfillReport | null> {
    const [text, holder] = await link.ask((client) => client.mget(reportKey, holderKey));
    if (!text) return null;
    const report = JSON.parse(text) as BackfillReport;
    if (report.state !== "running" || holder) return report;
    return { ...report, state: "failed", lastError: gone, secondsLeft: null };
  }

  return {
    async start(options) {
      if (isRunningHere()) return { isNew: false, report: local.report() };
      const taken = await link.ask((client) =>
        client.set(holderKey, replicaId, "PX", silentMs, "NX"),
      );
      if (taken !== "OK") return { isNew: false, report: await told() };
      const started = local.start(options);
      void attend();
      return started;
    },
    async report() {
      if (isRunningHere()) return local.report();
      return (await told().catch(() => null)) ?? local.report();
    },
    async stop() {
      if (local.stop()) return true;
      const report = await told();
      if (report?.state !== "running") return false;
      await link.ask((client) => client.set(stopKey, report.id, "PX", keptMs));
      return true;
    },
  };
}
