import { createCalibrationFile } from "../adapters/calibration-file/calibration-file.ts";
import type { Config } from "../config.ts";
import type { Log } from "../core/ports.ts";
import { belongsTo } from "../core/proving/calibrated-drafter.ts";
import { presentDrafting } from "./drafter.ts";
import { dataFolder } from "./memory.ts";
import { mockSetupTable } from "./mock-setup.ts";

/** Says at start what serves in place of what is not configured, and what that means. */
export function saySetup(config: Config, log: Log): void {
  if (config.isMock) {
    const table = mockSetupTable(config);
    log.info({}, `mock mode; nothing is written to Intercom or Slack:\n${table}`);
    return;
  }
  const model = config.model?.model;
  if (config.slack === null) {
    log.warn(
      { model },
      "no Slack: drafts that need a person become internal notes; for cards set SLACK_BOT_TOKEN",
    );
  }
  if (config.mem0 === null && config.memoryUrl === null) {
    log.info(
      { dataDir: config.dataDir },
      "neither MEMORY_URL nor MEM0_API_KEY: the embedded memory under DATA_DIR serves",
    );
  }
  if (config.policyFile === null) {
    const rules = config.policy.rules.escalate.map(({ name }) => name);
    log.info({ rules }, "no POLICY_FILE: the settings and the built-in rules serve");
  }
  if (config.policy.thresholdOn === "calibrated" && !hasCalibration(config, log)) {
    log.warn(
      { dataDir: config.dataDir },
      "THRESHOLD_ON=calibrated, and there is no calibration for the present model and prompts: everything is reviewed until npm run calibrate has made one",
    );
  }
  const { ladder, replyMode, rules } = config.policy;
  const mayGoOut = replyMode === "auto" || rules.mode.some(({ mode }) => mode === "auto");
  if (ladder !== null && !mayGoOut) {
    log.warn(
      { replyMode },
      "the policy has a ladder, but no mode that lets replies go out: set mode: auto beside it",
    );
  }
  if (ladder?.promotes === "asks" && config.slack === null) {
    log.warn(
      {},
      "the policy's ladder asks in Slack, which is not set up: no topic will go out by itself (promote: alone asks nobody)",
    );
  }
  if (config.adminToken === null) {
    log.info({}, "no ADMIN_TOKEN: /sync, /memory, /insight, /why, /metrics and /chat stay shut");
  }
}

function hasCalibration(config: Config, log: Log): boolean {
  const calibration = createCalibrationFile(dataFolder(config), log).current();
  return calibration !== null && belongsTo(calibration, presentDrafting(config));
}
