import { createPolicyFile } from "../adapters/policy-file/policy-file.ts";
import { composeBacktest } from "../compose/backtest.ts";
import type { Config } from "../config.ts";
import type { Log } from "../core/ports.ts";
import { readAgain } from "../core/proving/backtest.ts";
import { type BacktestCase, isRightDraft } from "../core/proving/backtest-case.ts";
import type { PreviewedCase } from "../core/proving/preview.ts";
import { redecide } from "../core/proving/replay.ts";
import type { Compared } from "./compared.ts";
import { noIntercom } from "./wording.ts";

/**
 * What another policy file makes of the backtest's drafts, each on its conversation as it was then.
 * Intercom is read again; no model is asked.
 *
 * @throws PolicyFileError when the file cannot be used
 */
export async function previewPolicy(
  file: string,
  config: Config,
  log: Log,
  backtest: BacktestCase[],
  signal: AbortSignal,
): Promise<Compared[]> {
  const changed = createPolicyFile(file, config.policy, log).current();
  const doors = await composeBacktest(config, log);
  if (doors === null) throw new Error(noIntercom);
  try {
    await doors.loadArticles();
    const kept = backtest.flatMap((one) => {
      return one.draft?.whole === undefined ? [] : [{ ...one, whole: one.draft.whole }];
    });
    const turns = await readAgain(kept, doors.ports.archive, doors.policy, signal);
    const pastOf = new Map(turns.map((past) => [past.turn.basePartId, past]));
    const cases: PreviewedCase[] = [];
    for (const one of kept) {
      const past = pastOf.get(one.basePartId);
      if (past === undefined) continue;
      const { whole, conversationId, url, question, answer } = one;
      const { reply, confidence } = whole;
      const about = { reply, confidence, isRight: isRightDraft(one) };
      const before = { ...(await redecide(past, whole, doors.ports, doors.policy)), ...about };
      const after = { ...(await redecide(past, whole, doors.ports, changed)), ...about };
      cases.push({ conversationId, url, question, answer, before, after });
    }
    const lost = backtest.length - cases.length;
    const without =
      lost === 0
        ? ""
        : `; ${lost} more have no draft, or were kept before drafts were kept whole, or are gone`;
    return [
      {
        title: `${cases.length} turns of the newest backtest, with the drafts as they are${without}`,
        cases,
        isDraftedAnew: false,
      },
    ];
  } finally {
    await doors.close();
  }
}
