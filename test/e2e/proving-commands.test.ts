import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { saySetup } from "../../src/compose/say-setup.ts";
import { loadConfig } from "../../src/config.ts";
import { createRandom } from "../soak/random.ts";
import {
  command,
  installation,
  removeInstallations,
  settingsFor,
  verdict,
} from "./proving-commands.ts";

afterEach(removeInstallations);

describe("npm run ladder", { timeout: 60_000 }, () => {
  it("says where each topic stands and how many decisions it still needs", async () => {
    const dataDir = await installation([
      ...Array.from({ length: 150 }, (_, index) => verdict(index)),
      ...Array.from({ length: 60 }, (_, index) =>
        verdict(1000 + index, { language: "de", isRejected: index === 5 }),
      ),
    ]);
    const { code, output, complaints } = await command("ladder", dataDir);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    expect(output).toContain("question · en: automatic (earned)");
    expect(output).toMatch(/150 decisions, 0 wrong; e-value \d+ of 40 needed/);
    expect(output).toContain("question · de: review");
    expect(output).toMatch(/60 decisions, 1 wrong; e-value [\d.]+ of 120 needed/);
    expect(output).toMatch(/not yet: \d+ more decisions are needed if none of them is wrong/);
    expect(output).toContain("intent: [question], language: [en] }, mode: auto");
    expect(output).toContain("REPLY_MODE is review");
  });

  it("counts nothing for a model that wrote none of it, and says so", async () => {
    const dataDir = await installation([verdict(1), verdict(2)]);
    const { output } = await command("ladder", dataDir, [], { OPENAI_MODEL: "another-model" });
    expect(output).toContain("2 about drafts of another model or of other prompts");
    expect(output).toContain("Nobody has decided about such a draft yet");
  });

  it("explains a target that it cannot work with, and settings that are missing", async () => {
    const dataDir = await installation([]);
    const wrongTarget = await command("ladder", dataDir, ["--target", "50"]);
    expect(wrongTarget).toMatchObject({ code: 1, output: "" });
    expect(wrongTarget.complaints).toContain("--target must be a number from 85 to 99.5");
    const missing = await command("ladder", dataDir, [], { INTERCOM_ADMIN_ID: "" });
    expect(missing).toMatchObject({ code: 1, output: "" });
    expect(missing.complaints).toContain("INTERCOM_ADMIN_ID is missing");
  });
});

describe("npm run calibrate", { timeout: 60_000 }, () => {
  const random = createRandom(3);
  /** Two numbers, of which the higher one was right in 75 of 100. */
  const decisions = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const confidence = index % 2 === 0 ? 0.95 : 0.7;
      const isRejected = !random.chance(confidence - 0.2);
      return verdict(index, { confidence, isRejected });
    });

  it("writes what a confidence means, and the ladder then goes by it where the policy does", async () => {
    const dataDir = await installation(decisions(400));
    const { code, output, complaints } = await command("calibrate", dataDir);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    expect(output).toContain("Fitted to 266 decisions by isotonic regression, tested on the 134");
    expect(output).toMatch(/90 to 100 % +67 +95 % +[678]\d/);
    const written = JSON.parse(readFileSync(join(dataDir, "calibration.json"), "utf8"));
    expect(written).toMatchObject({ model: "gpt-4o", method: "isotonic", fitted: 266 });

    const byModel = await command("ladder", dataDir);
    expect(byModel.output).toContain("200 decisions");
    const byCalibrated = await command("ladder", dataDir, [], { THRESHOLD_ON: "calibrated" });
    expect(byCalibrated.output).toContain("with a calibrated confidence of 80 % or more");
    expect(byCalibrated.output).toContain("400 about drafts that go to people anyway");
  });

  it("is missed at start where the threshold is on what it says", async () => {
    const dataDir = await installation(decisions(400));
    const warnings = (thresholdOn: string, model = "gpt-4o") => {
      const said: string[] = [];
      const log = {
        debug() {},
        info() {},
        warn: (_: object, event: string) => void said.push(event),
        error() {},
      };
      const settings = { ...settingsFor(dataDir), THRESHOLD_ON: thresholdOn, OPENAI_MODEL: model };
      saySetup(loadConfig(settings), log);
      return said.filter((event) => event.includes("npm run calibrate"));
    };
    expect(warnings("model")).toEqual([]);
    expect(warnings("calibrated")).toHaveLength(1);
    await command("calibrate", dataDir);
    expect(warnings("calibrated")).toEqual([]);
    expect(warnings("calibrated", "another-model")).toHaveLength(1);
  });

  it("says how many decisions are missing and writes nothing", async () => {
    const dataDir = await installation(decisions(23));
    const { code, output } = await command("calibrate", dataDir);
    expect(code).toBe(0);
    expect(output).toContain("Not yet: 37 more decisions are needed.");
    expect(() => readFileSync(join(dataDir, "calibration.json"))).toThrow("ENOENT");
  });
});
