import { randomInt } from "node:crypto";
import { APIError } from "openai";
import type { Log, Sight } from "../../core/ports.ts";
import type { Colour } from "../../lib/png.ts";
import { stripedPng } from "../../lib/striped-png.ts";
import { createClient } from "./client.ts";
import { openAIParameters } from "./dialect.ts";

/** What a model that drafts knows of its sight. */
export type ModelSight = Sight & {
  /** The server took images in a request for a draft. */
  tookImages(): void;
  /** The server refused a request for a draft because of its images. */
  refusedImages(): void;
};

export type SightOptions = {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
  /** `auto`: the model is shown a picture, once, as soon as a customer sends one. */
  seesImages: "auto" | "true" | "false";
  log: Log;
};

/** A customer waits meanwhile. */
const timeoutMs = 15_000;
/** After a disturbance the next image asks again, but not each of many. */
const pauseAfterFailureMs = 60_000;
/** The server understood the request and does not take images. */
const refusals = [400, 404, 413, 415, 422, 501];

const colours: Record<string, Colour> = {
  red: [230, 0, 0],
  green: [0, 160, 0],
  blue: [0, 0, 230],
  yellow: [250, 230, 0],
  black: [0, 0, 0],
  white: [255, 255, 255],
};

/** Whether this model is shown images: as the settings say, or as it proves when it is first needed. */
export function createSight(options: SightOptions, now = Date.now): ModelSight {
  const { model, log } = options;
  let known: boolean | null = options.seesImages === "auto" ? null : options.seesImages === "true";
  let isProved = false;
  let probing: Promise<boolean> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;

  return {
    async seesImages(signal) {
      if (known !== null) return known;
      if (now() - failedAt < pauseAfterFailureMs) return false;
      probing ??= probe().finally(() => {
        probing = null;
      });
      return await orAborted(probing, signal);
    },
    tookImages() {
      isProved = true;
    },
    refusedImages() {
      // One that it cannot read says nothing of the others.
      if (isProved) return;
      known = false;
      log.warn({ model }, "the model refuses images: people look at them");
    },
  };

  async function probe(): Promise<boolean> {
    const seen = await probeSight(options);
    if (seen === "unknown") {
      failedAt = now();
      log.warn({ model }, "not known whether the model sees images: people look at them meanwhile");
      return false;
    }
    known = isProved = seen === "sees";
    log.info({ model, seesImages: known }, "asked whether the model sees images");
    return known;
  }
}

/**
 * Shows the model three stripes and asks for their colours, which costs some hundred tokens. Servers
 * that drop what they do not understand would say yes to anything else.
 */
export async function probeSight(
  options: Pick<SightOptions, "apiKey" | "baseUrl" | "model">,
): Promise<"sees" | "does-not-see" | "unknown"> {
  const client = createClient({ ...options, timeoutMs });
  const shown = threeOf(Object.keys(colours));
  const image = stripedPng(shown.map((name) => colours[name] ?? [0, 0, 0]));
  const url = `data:image/png;base64,${image.toString("base64")}`;
  const question = `The image shows three stripes of the same width. Answer with their colours from left to right, three words out of: ${Object.keys(colours).join(", ")}.`;
  try {
    const { choices } = await client.chat.completions.create(
      {
        model: options.model,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: question },
              { type: "image_url", image_url: { url } },
            ],
          },
        ],
        ...openAIParameters(client.baseURL, null),
      },
      { maxRetries: 0, signal: AbortSignal.timeout(timeoutMs) },
    );
    const said = (choices?.[0]?.message.content ?? "").toLowerCase();
    const named = said.match(new RegExp(`\\b(?:${Object.keys(colours).join("|")})\\b`, "g")) ?? [];
    // A model that thinks aloud answers last.
    return named.slice(-3).join() === shown.join() ? "sees" : "does-not-see";
  } catch (error) {
    const status = error instanceof APIError ? error.status : undefined;
    return status !== undefined && refusals.includes(status) ? "does-not-see" : "unknown";
  }
}

function threeOf(names: string[]): string[] {
  const left = [...names];
  return Array.from({ length: 3 }, () => left.splice(randomInt(left.length), 1)).flat();
}

/** The answer, or `false` for whoever does not wait for it any more. */
async function orAborted(answer: Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  const aborted = Promise.withResolvers<boolean>();
  const leave = () => aborted.resolve(false);
  signal.addEventListener("abort", leave);
  try {
    return signal.aborted ? false : await Promise.race([answer, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
