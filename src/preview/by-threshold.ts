import { composeProving } from "../compose/proving.ts";
import type { Config } from "../config.ts";
import { surenessOf } from "../core/judging/sureness.ts";
import type { Log } from "../core/ports.ts";
import { type BacktestCase, isRightDraft } from "../core/proving/backtest-case.ts";
import { belongsTo } from "../core/proving/calibrated-drafter.ts";
import { calibratedProbability } from "../core/proving/calibrated-probability.ts";
import { judgedCases } from "../core/proving/judged-drafts.ts";
import type { PreviewedCase, PreviewSide } from "../core/proving/preview.ts";
import type { DraftSignals } from "../core/types.ts";
import type { Compared } from "./compared.ts";

const readTimeoutMs = 120_000;

/**
 * What another threshold makes of drafts that are there already: those of customers that people have
 * decided about, and those of the newest backtest. No model and no Intercom is asked.
 */
export async function previewThreshold(
  threshold: number,
  config: Config,
  log: Log,
  backtest: BacktestCase[] | null,
  last: number,
): Promise<Compared[]> {
  const { memory, policy, present, calibrationFile } = await composeProving(config, log);
  try {
    const calibration = calibrationFile.current();
    const isFitting = calibration !== null && belongsTo(calibration, present);
    const sidesOf = (about: {
      confidence: number;
      signals: DraftSignals | undefined;
      mayGoOut: boolean;
      keptBackBy: string;
      reply: string | null;
      isRight: boolean | null;
    }) => {
      const { confidence, mayGoOut, keptBackBy, reply, isRight } = about;
      const calibrated = isFitting ? calibratedProbability(calibration, about) : undefined;
      const sureness = surenessOf({ confidence, calibrated }, policy);
      const side = (limit: number): PreviewSide => {
        const isSure = sureness !== null && sureness >= limit;
        const isSent = mayGoOut && isSure;
        const unsure = isSure ? `review: ${keptBackBy}` : "review: low-confidence";
        const decision = isSent ? "reply: confident" : unsure;
        return { decision, isSent, reply, confidence, isRight };
      };
      return { before: side(policy.confidenceThreshold), after: side(threshold) };
    };

    const stored = await memory.findVerdicts(AbortSignal.timeout(readTimeoutMs));
    const decided = judgedCases(stored).cases.filter(({ promptHash, model }) => {
      return promptHash === present.promptHash && model === present.model;
    });
    const live = decided.slice(-last).map((one): PreviewedCase => {
      const { conversationId, confidence, signals, couldGoOut: mayGoOut, isRight } = one;
      const about = { confidence, signals, mayGoOut, keptBackBy: "a rule", reply: null, isRight };
      return { conversationId, url: "", question: "", answer: null, ...sidesOf(about) };
    });
    const past = (backtest ?? []).flatMap((one): PreviewedCase[] => {
      const { draft, heldBack } = one;
      if (draft === null) return [];
      const { confidence, reply } = draft;
      const about = {
        confidence,
        signals: draft.whole?.signals,
        mayGoOut: heldBack === null,
        keptBackBy: heldBack ?? "",
        reply,
        isRight: isRightDraft(one),
      };
      const { conversationId, url, question, answer } = one;
      return [{ conversationId, url, question, answer, ...sidesOf(about) }];
    });
    return [
      {
        title: `${live.length} decisions of your team on drafts for customers (of the present model and prompts, whatever the mode)`,
        cases: live,
        isDraftedAnew: false,
      },
      {
        title: `${past.length} drafts of the newest backtest`,
        cases: past,
        isDraftedAnew: false,
      },
    ];
  } finally {
    memory.close();
  }
}
