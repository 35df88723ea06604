import { checkModel } from "../adapters/openai/check-model.ts";
import type { ModelConfig } from "../config.ts";
import { type Check, createFindings } from "./check.ts";

/** Whether the server takes the key and knows the model. The model itself is not used: that costs. */
export async function checkModelServer(config: ModelConfig): Promise<Check[]> {
  const findings = createFindings("model");
  const { model, baseUrl } = config;
  const server = baseUrl ?? "https://api.openai.com/v1";
  const beganAt = Date.now();
  const seen = await checkModel(config);
  if (seen.isReady) {
    findings.ok(
      "server",
      `${server} has the model ${model} and answers in ${Date.now() - beganAt} ms`,
    );
  } else if (seen.isReady === null) {
    findings.unproved("server", `${server} does not tell which models it has`);
  } else if (seen.why === "key-refused") {
    findings.wrong(
      "failed",
      "server",
      `${server} does not accept the key (${seen.status})`,
      config.apiKey === null
        ? "Set the key that this server asks for."
        : "Copy the key again, whole; a key that was revoked needs a new one in its place.",
      "OPENAI_API_KEY",
    );
  } else if (seen.why === "model-unknown") {
    findings.wrong(
      "failed",
      "server",
      `${server} does not know the model ${model}, or the key may not use it`,
      "Write the model's name as the server does, or choose another one.",
      "OPENAI_MODEL",
    );
  } else {
    findings.wrong(
      "failed",
      "server",
      `${server} ${seen.status === null ? "does not answer" : `answers with ${seen.status}`}`,
      baseUrl === null
        ? "See whether this machine reaches it; https://status.openai.com tells of disturbances."
        : "See whether it runs there, whether this machine reaches it, and whether the address ends as the server wants it (often /v1).",
      "OPENAI_BASE_URL",
    );
  }
  if (config.checkModel !== null && seen.isReady !== false) {
    const check = await checkModel({ ...config, model: config.checkModel });
    if (check.isReady) findings.ok("checks", `it has ${config.checkModel} (CHECK_MODEL) too`);
    else if (check.isReady === false && check.why === "model-unknown") {
      findings.wrong(
        "warning",
        "checks",
        `${server} does not know the model ${config.checkModel}, or the key may not use it: what it should check is left to people`,
        "Write the model's name as the server does, choose another one, or leave it out.",
        "CHECK_MODEL",
      );
    }
  }
  return findings.checks;
}
