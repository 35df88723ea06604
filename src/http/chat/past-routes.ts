import express, { Router } from "express";
import { z } from "zod";
import { type Label, labels } from "../../core/proving/backtest-case.ts";
import type { CaseToLabel, LabelledSoFar } from "../../core/proving/labelling.ts";
import type { Trial } from "../../core/proving/trial.ts";
import { refuse } from "./refuse.ts";
import { sentences } from "./wording.ts";

/** `trial`: the newest conversations; `backtest`: the newest run of `npm run backtest`. */
export type RunName = "trial" | "backtest";

export type PastRuns = {
  about(): {
    /** Where the trial's conversations come from; `null`: there is none. */
    source: "intercom" | "demo" | null;
    hasBacktest: boolean;
    /** The one in force, 0 to 1. */
    threshold: number;
  };
  trial: Pick<Trial, "state" | "choose" | "draft"> | null;
  view(run: RunName): { cases: CaseToLabel[]; soFar: LabelledSoFar };
  /** @returns what the labels now come to; `null`: there is no such case */
  label(run: RunName, turn: string, label: Label): LabelledSoFar | null;
};

const runForm = z.enum(["trial", "backtest"]);
const labelForm = z.strictObject({ label: z.enum(labels) });
const stepForm = z.strictObject({ step: z.enum(["choose", "choose-anew", "draft"]) });

/**
 * Below `/chat/past`: drafts for past conversations, beside what teammates said, and what a person
 * says of them. Nothing here writes to Intercom.
 *
 * @param load the first who asks waits for it; nothing of it is in memory before
 */
export function createPastRoutes(load: () => Promise<PastRuns>): Router {
  const routes = Router();
  const json = express.json({ limit: "4kb" });

  routes.get("/", async (_request, response) => {
    const runs = await load();
    response.json({ ...runs.about(), trial: runs.trial?.state() ?? null });
  });

  routes.get("/:run", async (request, response) => {
    const run = runForm.safeParse(request.params.run);
    if (!run.success) return refuse(response, 404, sentences.noSuchRun);
    response.json((await load()).view(run.data));
  });

  routes.post("/trial", json, async (request, response) => {
    const asked = stepForm.safeParse(request.body);
    const { trial } = await load();
    if (trial === null) return refuse(response, 409, sentences.noTrial);
    if (!asked.success) return refuse(response, 400, sentences.unknownStep);
    // Goes on by itself; the page asks how far it is.
    if (asked.data.step === "draft") void trial.draft();
    else void trial.choose(asked.data.step === "choose-anew");
    response.status(202).json(trial.state());
  });

  routes.put("/:run/labels/:turn", json, async (request, response) => {
    const run = runForm.safeParse(request.params.run);
    const said = labelForm.safeParse(request.body);
    if (!run.success) return refuse(response, 404, sentences.noSuchRun);
    if (!said.success) return refuse(response, 400, sentences.unknownLabel);
    const soFar = (await load()).label(run.data, request.params.turn ?? "", said.data.label);
    if (soFar === null) return refuse(response, 404, sentences.noSuchCase);
    response.json(soFar);
  });

  return routes;
}
