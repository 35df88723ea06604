import { checkModel } from "../adapters/openai/check-model.ts";
import type { ModelConfig } from "../config.ts";
import { type Check, createFindings } from "./check.ts";

/** Whether the server takes the key and knows the model. The model itself is not used: that costs. */
export async function checkModelServer(config: ModelConfig): Promise<Check[]> {
  const findings = createFindings("model");
  const beganAt = Date.now();
  const { isReady, explanation } = await checkModel(config);
  const tookMs = Date.now() - beganAt;
  if (isReady) findings.ok("server", `${explanation} It answered in ${tookMs} ms.`);
  else if (isReady === null) findings.unproved("server", explanation);
  else {
    const setting = settingIn(explanation, config);
    findings.wrong("failed", "server", explanation, `Correct ${setting}.`, setting);
  }
  if (isReady !== false) {
    const hint = `whether it answers in the form that is needed shows with: make ask Q="How do I reset my password?"`;
    findings.unproved("answers", hint);
  }
  return findings.checks;
}

function settingIn(explanation: string, { baseUrl }: ModelConfig) {
  if (explanation.includes("OPENAI_MODEL")) return "OPENAI_MODEL";
  if (explanation.includes("OPENAI_API_KEY") || baseUrl === null) return "OPENAI_API_KEY";
  return "OPENAI_BASE_URL";
}
