import { readFileSync } from "node:fs";
import fc from "fast-check";
import { placeholders } from "../../src/adapters/openai/prompts.ts";
import { readPolicy } from "../../src/adapters/policy-file/read-policy.ts";
import { parsePromptTemplate } from "../../src/lib/prompt-template.ts";
import { mutatedText } from "./mutations.ts";
import { countIn, must, type Target } from "./target.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Longer than any of these takes; what is slower can hold the process up. */
const longestMs = 1_000;

/** The policy files of its documentation, changed: a policy, or problems in words; never a crash. */
export function fuzzPolicyFiles(): Target {
  const seen = new Map<string, number>();
  const examples = [...read("docs/policy.md").matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => text,
  );
  const pieces = ["- ", ": ", "\n", "  ", "{", "}", "[", "]", "&a ", "*a", "<<: *a", "!!js ", '"'];
  const words = ["mode:", "only:", "never:", "when:", "percent: 1e9", "words: [", "tag: null"];
  const text = mutatedText([...pieces, ...words], ...examples);
  const property = fc.property(text, (given) => {
    const startedAt = performance.now();
    const result = readPolicy(given);
    must(performance.now() - startedAt < longestMs, "took longer than a second");
    countIn(seen, "policy" in result ? "a policy" : "problems");
    if ("problems" in result) must(result.problems.length > 0, "refused without a word");
  });
  return { name: "policy files", everyOf: 5, property, seen, stop: async () => {} };
}

/** The shipped prompts, changed: what is taken at the start must not fail while a customer waits. */
export function fuzzTemplates(): Target {
  const seen = new Map<string, number>();
  const known = placeholders["user.md"];
  const pieces = ["{{", "}}", "{{#each ", "{{/each}}", "{{#if ", "{{/if}}", "{{else}}", "../"];
  const names = ["sources", "@index", "this", "{{> x}}", "{{{firstName}}}", "{{lookup . 'a'}}"];
  const text = mutatedText([...pieces, ...names, ...Object.keys(known)], read("prompts/user.md"));
  const property = fc.property(text, (given) => {
    const startedAt = performance.now();
    const result = parsePromptTemplate(given, "user.md", known);
    countIn(seen, "template" in result ? "a template" : "problems");
    if ("problems" in result) must(result.problems.length > 0, "refused without a word");
    else result.template.render(values);
    must(performance.now() - startedAt < longestMs, "took longer than a second");
  });
  return { name: "templates", everyOf: 5, property, seen, stop: async () => {} };
}

/** As one request fills them. */
const source = {
  ...{ number: 1, kind: "article", title: "Reset", url: "https://example.com", language: "en" },
  ...{ date: "2026-01-10", isInternal: false, text: "{{firstName}} {{#each" },
};
const said = { number: 1, speaker: "Customer", time: "08:00", text: "Hello {{today}}" };
const values = {
  ...{ today: "2026-01-10", customerName: "Ada", firstName: "Ada", subject: "" },
  ...{ isRecallIncomplete: false, leftOutCount: "", earlierDraft: "", instruction: "" },
  customerFacts: [{ name: "plan", value: "Pro" }],
  sources: [source],
  history: [said],
  messages: [said],
};
