import type { Answer } from "./ask.ts";
import type { Findings } from "./check.ts";

const longestSkewMs = 30_000;

/**
 * Whether this machine's clock agrees with that of a service, as its answer's `Date` tells it.
 *
 * @param whose as in "Intercom's"
 * @param why what goes by the clock there, as a sentence without its end
 */
export function checkClock(findings: Findings, { at }: Answer, whose: string, why: string): void {
  if (at === null) return;
  const seconds = Math.round((Date.now() - at) / 1000);
  if (Math.abs(seconds) * 1000 <= longestSkewMs) findings.ok("clock", `agrees with ${whose}`);
  else {
    findings.wrong(
      "failed",
      "clock",
      `this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} ${whose}`,
      `Let the machine set its clock over the network (NTP): ${why}.`,
    );
  }
}
