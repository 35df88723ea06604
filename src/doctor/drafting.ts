import { createOpenAIEmbedder } from "../adapters/openai/embedder.ts";
import { createOpenAIDrafter } from "../adapters/openai/openai-drafter.ts";
import { probeSight } from "../adapters/openai/sight.ts";
import { createOpenAITranscriber } from "../adapters/openai/transcriber.ts";
import { variables } from "../config/variables.ts";
import type { ModelConfig } from "../config.ts";
import type { Prompts } from "../core/ports.ts";
import type { Draft, NoDraft } from "../core/types.ts";
import { patienceMs } from "./ask.ts";
import { type Check, createFindings, type Findings } from "./check.ts";
import { sampleRequest } from "./sample-request.ts";

/** A model at work is no look-up: reasoning ones and those on a machine of one's own need that. */
const draftPatienceMs = 30_000;
/** Customers wait as long. */
const slowMs = 15_000;

/** One draft, as for a customer, of a made-up question, and one look at a picture: only these cost tokens. */
export async function checkDrafting(config: ModelConfig, prompts: Prompts): Promise<Check[]> {
  const findings = createFindings("model");
  const simpler: string[] = [];
  const quiet = () => {};
  const drafter = createOpenAIDrafter({
    ...config,
    prompts,
    timeoutMs: draftPatienceMs,
    overallTimeoutMs: draftPatienceMs,
    log: {
      debug: quiet,
      info: (_values, event) => void simpler.push(event),
      warn: quiet,
      error: quiet,
    },
  });
  const beganAt = Date.now();
  const drafting = await drafter.draft(
    sampleRequest(beganAt),
    AbortSignal.timeout(2 * draftPatienceMs),
  );
  if ("draft" in drafting) {
    sayDraft(findings, drafting.draft, Date.now() - beganAt, simpler.length > 0);
    await checkSight(findings, config);
  } else sayNoDraft(findings, drafting.noDraft);
  if (config.embeddingModel !== null)
    await checkEmbeddings(findings, config, config.embeddingModel);
  if (config.transcriptionModel !== null) {
    await checkTranscription(findings, config, config.transcriptionModel);
  }
  return findings.checks;
}

function sayDraft(findings: Findings, draft: Draft, tookMs: number, isSimpler: boolean): void {
  const { promptTokens = null, completionTokens = null, costUsd = null } = draft.origin ?? {};
  const said = [
    `drafts in the form that is needed, in ${tookMs < 1000 ? `${tookMs} ms` : `${(tookMs / 1000).toFixed(1)} s`}`,
    ...(promptTokens === null ? [] : [`${promptTokens} tokens read, ${completionTokens} written`]),
    ...(costUsd === null ? [] : [`${costUsd.toFixed(4)} US dollars`]),
    ...(isSimpler ? ["asked in a simpler way, because the server refuses some parameters"] : []),
  ].join("; ");
  if (tookMs <= slowMs) findings.ok("draft", said);
  else {
    const hint = "Customers wait that long for an answer: try a smaller or a nearer model.";
    findings.wrong("warning", "draft", said, hint, "OPENAI_MODEL");
  }
}

function sayNoDraft(findings: Findings, { explanation, advice }: NoDraft): void {
  const names = Object.keys(variables) as (keyof typeof variables)[];
  const named = names.find((name) => `${explanation} ${advice ?? ""}`.includes(name));
  findings.wrong(
    "failed",
    "draft",
    `there is no draft of a made-up question. ${explanation.replace(/\.$/, "")}`,
    advice ??
      "Until this is mended every message becomes a note; try again, or choose another model.",
    named ?? "OPENAI_MODEL",
  );
}

/** A picture of three stripes, as the service shows it when the first image comes. */
async function checkSight(findings: Findings, config: ModelConfig): Promise<void> {
  const { model, seesImages } = config;
  const seen = seesImages === "false" ? "not-shown" : await probeSight(config);
  const toPeople = "messages with images go to people";
  if (seen === "not-shown") {
    findings.ok("images", `${model} is not shown images (MODEL_SEES_IMAGES=false): ${toPeople}`);
  } else if (seen === "sees") {
    findings.ok("images", `${model} sees what customers' images show`);
  } else if (seen === "unknown") {
    findings.unproved("images", `${model} was not reached with an image`);
  } else if (seesImages === "auto") {
    findings.ok("images", `${model} does not see images: ${toPeople}`);
  } else {
    const hint = "Leave MODEL_SEES_IMAGES at auto, or choose a model that sees.";
    const said = `${model} does not see what an image shows, though it is said to`;
    findings.wrong("warning", "images", said, hint, "MODEL_SEES_IMAGES");
  }
}

async function checkEmbeddings(
  findings: Findings,
  config: ModelConfig,
  model: string,
): Promise<void> {
  try {
    const dimensions = config.embeddingDimensions;
    const embedder = createOpenAIEmbedder({ ...config, model, dimensions });
    const [vector] = await embedder.embed(["password"], AbortSignal.timeout(patienceMs));
    findings.ok("embeddings", `${model} gives vectors of ${vector?.length ?? 0} numbers`);
  } catch {
    findings.wrong(
      "warning",
      "embeddings",
      `${model} gives no vectors`,
      "Until it does, articles and what was answered before are found by their words alone.",
      "EMBEDDING_MODEL",
    );
  }
}

async function checkTranscription(
  findings: Findings,
  config: ModelConfig,
  model: string,
): Promise<void> {
  try {
    const transcriber = createOpenAITranscriber({ ...config, model });
    await transcriber.transcribe(silence(), "silence.wav", AbortSignal.timeout(patienceMs));
    findings.ok("transcription", `${model} takes recordings (half a second of silence was sent)`);
  } catch {
    findings.wrong(
      "warning",
      "transcription",
      `${model} takes no recordings at /audio/transcriptions`,
      "Until it does, messages with voice notes go to people.",
      "TRANSCRIPTION_MODEL",
    );
  }
}

/** Half a second of it: 8,000 samples a second, one byte each (WAVE, http://soundfile.sapp.org/doc/WaveFormat/). */
function silence(): Buffer {
  const rate = 8_000;
  const samples = Buffer.alloc(rate / 2, 0x80);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
