import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DraftRequest, Prompts } from "../../core/ports.ts";
import {
  describePlaceholders,
  type Placeholders,
  type PromptTemplate,
  parsePromptTemplate,
} from "../../lib/prompt-template.ts";
import { estimateTokens } from "../../lib/tokens.ts";
import { createShapes } from "./answer.ts";
import { promptValues } from "./prompt-values.ts";

/** The prompts cannot be used; the message names every problem with file and line. */
export class PromptError extends Error {
  override readonly name = "PromptError";
}

/** What each template may name; `docs/prompts.md` says what stands behind the names. */
export const placeholders: { "system.md": Placeholders; "user.md": Placeholders } = {
  "system.md": { answerFormat: { isRequired: true }, teamGuidance: {}, examples: {} },
  "user.md": {
    today: {},
    customerName: {},
    firstName: { isRequired: true },
    subject: {},
    customerFacts: { fields: { name: {}, value: { isRequired: true } } },
    isRecallIncomplete: { isFlag: true },
    sources: {
      isRequired: true,
      fields: {
        number: { isRequired: true },
        kind: {},
        title: {},
        url: { isRequired: true },
        language: {},
        date: {},
        outdatedBy: {},
        isInternal: { isRequired: true, isFlag: true },
        text: { isRequired: true },
      },
    },
    leftOutCount: {},
    history: {
      isRequired: true,
      fields: { speaker: { isRequired: true }, time: {}, text: { isRequired: true } },
    },
    messages: {
      isRequired: true,
      fields: { number: {}, speaker: {}, time: {}, text: { isRequired: true } },
    },
    attachments: {
      fields: {
        number: { isRequired: true },
        message: {},
        name: {},
        isImage: { isRequired: true, isFlag: true },
        text: { isRequired: true },
      },
    },
    guidance: { fields: { sentence: { isRequired: true } } },
    rejections: { fields: { reason: { isRequired: true } } },
    earlierDraft: {},
    instruction: {},
  },
};

/**
 * Reads `system.md` and `user.md` and checks them once, so that nothing is left to go wrong while a
 * customer waits.
 *
 * @param tokenBudget what a whole prompt may cost, by the estimate of `estimateTokens`
 * @param teamLanguage what is asked for besides in that language, as ISO 639-1; `null`: nothing
 * @param hasExamples whether the model is shown the worked examples of `examples.md`
 * @throws PromptError naming every problem of both files and the placeholders they may use.
 */
export function loadPrompts(
  directory: string,
  tokenBudget: number,
  teamLanguage: string | null = null,
  hasExamples = false,
): Prompts {
  const system = loadTemplate(directory, "system.md");
  const user = loadTemplate(directory, "user.md");
  if ("problems" in system || "problems" in user) {
    throw new PromptError(explain([system, user]));
  }

  const besides = {
    teamGuidance: besideTemplates(directory, "guidance.md"),
    examples: hasExamples ? besideTemplates(directory, "examples.md") : "",
  };
  const tags = [...new Set([...system.template.tags, ...user.template.tags])];
  const shapeFor = createShapes(teamLanguage);
  // The same for every conversation, so that providers can cache it.
  const withFormat = (format: string) => {
    const text = system.template.render({ answerFormat: format, ...besides });
    const rest = tokenBudget - estimateTokens(text) - estimateTokens(user.text);
    return { format, text, forData: Math.max(fewestDataTokens, rest) };
  };
  const plain = withFormat(shapeFor({}).format);
  let latest = plain;
  const systemFor = (request: DraftRequest) => {
    const { format } = shapeFor(request);
    if (format === plain.format) return plain;
    if (format !== latest.format) latest = withFormat(format);
    return latest;
  };
  // Topics and plain sentences come and go with the policy file; what people decided about drafts stays true.
  const hash = createHash("sha256")
    .update(JSON.stringify([plain.text, user.text]))
    .digest("hex")
    .slice(0, hashLength);
  return {
    hash: () => hash,
    render(request) {
      const { text, forData } = systemFor(request);
      const { values, leftOut, wholeTexts } = promptValues(request, tags, forData);
      const rendered = user.template.render(values);
      // Templates of one's own may leave the texts out.
      const seen = wholeTexts.filter((one) => rendered.includes(one.text)).map(({ key }) => key);
      const shown = { system: text, user: rendered, leftOut };
      return seen.length === 0 ? shown : { ...shown, seen };
    },
  };
}

/** What a file says below its comments, as plain text; "" where there is no such file. */
function besideTemplates(directory: string, name: (typeof fileNames)[number]): string {
  try {
    const text = readFileSync(join(directory, name), "utf8");
    return text.replace(/<!--.*?-->/gs, "").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new PromptError(
      `The prompts cannot be used:\n  ${join(directory, name)} cannot be read`,
      {
        cause: error,
      },
    );
  }
}

/** Everything that a prompt is made of. */
export const fileNames = ["system.md", "user.md", "guidance.md", "examples.md"] as const;

/** Long prompts of one's own leave as much for what the answer rests on. */
const fewestDataTokens = 2_000;

type FileName = keyof typeof placeholders;
type Loaded = { name: FileName; text: string } & (
  | { template: PromptTemplate }
  | { problems: string[] }
);

/** Enough to tell the versions of one installation apart. */
const hashLength = 12;

function loadTemplate(directory: string, name: FileName): Loaded {
  const file = join(directory, name);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return { name, text: "", problems: [`${file}: cannot be read${code}`] };
  }
  return { name, text, ...parsePromptTemplate(text, file, placeholders[name]) };
}

function explain(files: Loaded[]): string {
  const broken = files.filter((file) => "problems" in file);
  return [
    "The prompts cannot be used:",
    ...broken.flatMap(({ problems }) => problems.map((problem) => `  ${problem}`)),
    ...broken.flatMap(({ name }) => [
      `Placeholders known in ${name}:`,
      ...describePlaceholders(placeholders[name]).map((line) => `  ${line}`),
    ]),
  ].join("\n");
}
