import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { withInner } from "../../core/judging/customer-needs.ts";
import { withBuiltIn } from "../../core/judging/escalations.ts";
import type { KnowledgeSource } from "../../core/knowledge-source.ts";
import type { Condition, HoursPlan, PolicyRules, Topic } from "../../core/policy.ts";
import type { Policy } from "../../core/types.ts";
import { withHours } from "./condition-form.ts";
import { policyForm } from "./policy-form.ts";

/** What a rule may be called at most, in characters. */
const longestName = 80;
/** Each stands in every prompt, or is a question for each message. */
const mostSentences = 40;

/** What a policy file says; a key that it leaves out is left to the settings. */
export type PolicyFromFile = { rules: PolicyRules } & Partial<
  Pick<
    Policy,
    | "confidenceThreshold"
    | "maxAutomaticReplies"
    | "contactAttributes"
    | "handOffTo"
    | "handBackTag"
    | "isHandOffShown"
    | "labels"
    | "helpfulArticles"
    | "missingFacts"
    | "officeHours"
    | "dailyLimit"
    | "topics"
    | "whoAsks"
    | "lookups"
    | "sources"
    | "isFeedbackListed"
    | "draftOn"
    | "checkThresholds"
    | "ladder"
  >
>;

/**
 * Reads a policy.
 *
 * @param text YAML
 * @param taken names of sources that KNOWLEDGE_SOURCES names, so that the file must not
 * @returns the policy, or everything that is wrong with it: line, path, what was expected
 */
export function readPolicy(
  text: string,
  taken: readonly string[] = [],
): { policy: PolicyFromFile } | { problems: string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ message }) => `not YAML: ${message}`) };
  }
  let written: unknown;
  try {
    written = withShortForms(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    return { problems: [`not YAML: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const lineOf = (path: PropertyKey[]) => lines.linePos(offsetOf(document, path)).line;
  const parsed = policyForm.safeParse(written);
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap(oneForEachKey);
    return {
      problems: issues.map(
        ({ path, message }) => `line ${lineOf(path)}: ${pathText(path)}${message}`,
      ),
    };
  }
  const { mode, only, never, escalate, guidance } = parsed.data;
  const named = {
    mode: mode.map((rule, index) => ({
      ...rule,
      name: rule.name ?? nameOf("mode", index, rule.when),
      when: rule.when ?? {},
    })),
    only: only.map((rule, index) => ({
      ...rule,
      name: rule.name ?? nameOf("only", index, rule.when),
    })),
    never: never.map((rule, index) => ({
      ...rule,
      name: rule.name ?? nameOf("never", index, rule.when),
    })),
    escalate: escalate.map((rule, index) => ({
      ...rule,
      name: rule.name ?? nameOf("escalate", index, rule.when),
    })),
    guidance: guidance.map((rule, index) => ({
      ...rule,
      name: rule.name ?? nameOf("guidance", index),
      when: rule.when ?? {},
    })),
  };
  const problems = twiceNamed(named).map(
    ({ key, index, name }) =>
      `line ${lineOf([key, index])}: ${pathText([key, index])}another rule is called “${name}” too: each needs a name of its own`,
  );
  const { office_hours: hours, topics = [], sources = [] } = parsed.data;
  const ofConditions = (wrongIn: (condition: Condition) => string | null) =>
    (Object.keys(named) as (keyof PolicyRules)[]).flatMap((key) =>
      named[key].flatMap(({ when }, index) => {
        const wrong =
          when === undefined ? [] : withInner(when).flatMap((one) => wrongIn(one) ?? []);
        return wrong.map(
          (what) => `line ${lineOf([key, index])}: ${pathText([key, index])}${what}`,
        );
      }),
    );
  const whens = Object.values(named).flatMap((rules) => rules.map(({ when = {} }) => when));
  const sentences = whens.flatMap(withInner).flatMap(({ says = [] }) => says);
  if (new Set(sentences).size > mostSentences) {
    problems.push(`there are more than ${mostSentences} plain sentences in the rules`);
  }
  problems.push(
    ...(hours === undefined ? ofConditions(wrongHours) : []),
    ...ofConditions((condition) => wrongTopic(condition, topics)),
    ...sources.flatMap((source, index) => {
      // Named by their keys, or one after the other.
      const path = ["sources", Array.isArray(writtenSources(written)) ? index : source.name];
      const wrong = wrongSource(source, sources.slice(0, index), taken, topics);
      return wrong === null ? [] : [`line ${lineOf(path)}: ${pathText(path)}${wrong}`];
    }),
  );
  if (problems.length > 0) return { problems };
  const rules: PolicyRules = { ...named, escalate: withBuiltIn(named.escalate) };
  return {
    policy: {
      rules: hours === undefined ? rules : rulesWithHours(rules, hours),
      ...given({
        confidenceThreshold: parsed.data.confidence_threshold,
        maxAutomaticReplies: parsed.data.max_automatic_replies,
        contactAttributes: parsed.data.contact_attributes,
        handOffTo: parsed.data.hand_off?.to,
        handBackTag: parsed.data.hand_off?.back_tag,
        labels: parsed.data.label,
        helpfulArticles: parsed.data.helpful_articles,
        missingFacts: parsed.data.missing_facts,
        isHandOffShown: parsed.data.hand_off?.in_slack,
        officeHours: hours,
        dailyLimit: parsed.data.daily_limit,
        topics: parsed.data.topics,
        whoAsks: parsed.data.who_asks,
        lookups: parsed.data.lookups,
        sources: parsed.data.sources,
        isFeedbackListed: parsed.data.feedback_list,
        draftOn: parsed.data.draft_on,
        checkThresholds: parsed.data.check_thresholds,
        ladder: parsed.data.ladder,
      }),
    },
  };
}

function wrongHours({ officeHours }: Condition): string | null {
  return officeHours === undefined ? null : "asks for office_hours, which the file does not say";
}

function wrongTopic({ topic = [] }: Condition, topics: Topic[]): string | null {
  const known = new Set(["none", ...topics.map(({ name }) => name.toLowerCase())]);
  const strange = topic.find((name) => !known.has(name.toLowerCase()));
  if (strange === undefined) return null;
  const names = topics.map(({ name }) => name).join(", ");
  return names === ""
    ? `asks for the topic “${strange}”, and the file has no topics`
    : `asks for the topic “${strange}”, which is none of topics (${names})`;
}

function writtenSources(written: unknown): unknown {
  return (written as { sources?: unknown }).sources;
}

function wrongSource(
  { name, topics: wanted }: KnowledgeSource,
  before: KnowledgeSource[],
  taken: readonly string[],
  topics: Topic[],
): string | null {
  const isNamed = (one: string) => one.toLowerCase() === name.toLowerCase();
  if (taken.some(isNamed)) {
    return `KNOWLEDGE_SOURCES names a source “${name}” too: leave it out there or here`;
  }
  if (before.some((other) => isNamed(other.name))) {
    return `another source is called “${name}” too: each needs a name of its own`;
  }
  return wrongTopic({ topic: wanted }, topics);
}

function rulesWithHours({ mode, only, never, escalate, guidance }: PolicyRules, plan: HoursPlan) {
  const filled = <Rule extends { when: Condition }>(rules: Rule[]): Rule[] =>
    rules.map((rule) => ({ ...rule, when: withHours(rule.when, plan) }));
  return {
    mode: filled(mode),
    only: filled(only),
    never: filled(never),
    escalate: filled(escalate),
    guidance: filled(guidance),
  };
}

/** Without the keys that the file leaves out: those are left to the settings. */
function given<Values extends object>(values: Values) {
  type Given = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given;
}

/**
 * `mode: review` is a rule that fits everything, `when: "The customer …"` a plain sentence; an empty
 * file is a policy without rules.
 */
function withShortForms(written: unknown): unknown {
  if (written === null || written === undefined) return {};
  if (typeof written !== "object" || Array.isArray(written)) return written;
  const lists = Object.entries(written).map(([key, rules]: [string, unknown]) => {
    if (key === "mode" && typeof rules === "string") return [key, [{ name: "mode", mode: rules }]];
    return [key, Array.isArray(rules) ? rules.map(withSentence) : rules];
  });
  return Object.fromEntries(lists);
}

function withSentence(rule: unknown): unknown {
  if (typeof rule !== "object" || rule === null || !("when" in rule)) return rule;
  return typeof rule.when === "string" ? { ...rule, when: { says: rule.when } } : rule;
}

/** A rule without a name goes by its sentence, if it is one, or by its place. */
function nameOf(key: keyof PolicyRules, index: number, when: Condition = {}): string {
  const [sentence, another] = when.says ?? [];
  const isAll = Object.values(when).filter((one) => one !== undefined).length === 1;
  if (sentence === undefined || another !== undefined || !isAll) return `${key} ${index + 1}`;
  return sentence.length <= longestName ? sentence : `${sentence.slice(0, longestName - 1)}…`;
}

function twiceNamed(rules: Record<keyof PolicyRules, { name: string }[]>) {
  const seen = new Set<string>();
  const keys = ["mode", "only", "never", "escalate", "guidance"] as const;
  return keys.flatMap((key) =>
    rules[key].flatMap(({ name }, index) => {
      if (seen.has(name)) return [{ key, index, name }];
      seen.add(name);
      return [];
    }),
  );
}

type Problem = { path: PropertyKey[]; message: string };

function oneForEachKey(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: `there is no such key here; ${pageAbout(issue.path)} lists those that exist`,
  }));
}

function pageAbout([key]: PropertyKey[]): string {
  return key === "sources" ? "docs/help-center.md" : "docs/policy.md";
}

function pathText(path: PropertyKey[]): string {
  if (path.length === 0) return "";
  const text = path.map((key) => (typeof key === "number" ? `[${key + 1}]` : `.${String(key)}`));
  return `${text.join("").replace(/^\./, "")}: `;
}

/** Where the nearest thing that exists begins; of a key with a value, the key. */
function offsetOf(document: Document, path: PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const parent = document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
      continue;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
