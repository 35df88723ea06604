import { describe, expect, it } from "vitest";
import { type Placeholders, parsePromptTemplate } from "../../src/lib/prompt-template.ts";

const known: Placeholders = {
  name: {},
  topic: { isRequired: true },
  items: { isRequired: true, fields: { text: { isRequired: true }, number: {} } },
};

function problemsOf(text: string): string[] {
  const parsed = parsePromptTemplate(text, "user.md", known);
  return "problems" in parsed ? parsed.problems : [];
}

function render(text: string, values: object): string {
  const parsed = parsePromptTemplate(text, "user.md", known);
  if ("problems" in parsed) throw new Error(parsed.problems.join("\n"));
  return parsed.template.render(values);
}

const list = "{{#each items}}{{text}}{{/each}}";

describe("parsePromptTemplate", () => {
  it("inserts values as they are, without reading them as a template or as HTML", () => {
    const values = {
      name: "",
      topic: "<b> & {{name}}",
      items: [{ text: "{{{topic}}}", number: 1 }],
    };

    expect(render(`{{topic}}|${list}`, values)).toBe("<b> & {{name}}|{{{topic}}}");
  });

  it("knows lists, conditions, the outer values and the position", () => {
    const text =
      "{{#if name}}{{name}}{{else}}nobody{{/if}}:{{#each items}}{{@index}}{{text}}{{../topic}}{{else}}none{{/each}}{{#unless name}}!{{/unless}}{{topic}}";

    expect(render(text, { name: "", topic: "T", items: [{ text: "a" }, { text: "b" }] })).toBe(
      "nobody:0aT1bT!T",
    );
  });

  it("names the tags that the template writes", () => {
    const parsed = parsePromptTemplate(`<Data>{{topic}}</Data><item n="1">${list}`, "f", known);

    expect("template" in parsed && parsed.template.tags).toEqual(["data", "item"]);
  });

  it.each([
    ["a\n{{topc}}{{topic}}", "user.md:2: {{topc}} is not a known placeholder"],
    ["{{topic}}\n\n{{#if nam}}x{{/if}}", "user.md:3: {{nam}} is not a known placeholder"],
    [
      "{{topic}}\n{{#each items}}\n{{name}}{{text}}{{/each}}",
      "user.md:3: {{name}} is not a known placeholder inside {{#each items}}",
    ],
    ["{{topic}}{{text}}", "user.md:1: {{text}} is not a known placeholder"],
    ["{{topic}}{{../name}}", "user.md:1: {{../name}} is not a known placeholder"],
    ["{{topic}}{{name.constructor}}", "user.md:1: {{name.constructor}} is not a known placeholder"],
    ["{{topic}}{{constructor}}", "user.md:1: {{constructor}} is not a known placeholder"],
    ["{{topic}}{{@root}}", "user.md:1: {{@root}} is not a known placeholder"],
    ["{{topic}}{{this}}", "user.md:1: {{this}} is not a known placeholder"],
    ["{{topic}}{{items}}", "user.md:1: {{items}} is a list: write {{#each items}}"],
    ["{{topic}}{{#each name}}{{/each}}", "user.md:1: {{#each name}}: name is not a list"],
    ["{{topic}}{{#with name}}{{/with}}", "user.md:1: {{#with}} cannot be read: use {{#each list}}"],
    ["{{topic}}{{lookup items 0}}", "user.md:1: {{lookup}} takes no further words"],
    ["{{topic}}\n{{> other}}", "user.md:2: only placeholders"],
  ])("refuses %j", (text, problem) => {
    expect(problemsOf(text + list)).toContainEqual(expect.stringContaining(problem));
  });

  it("names what is missing, with the line where the reading ended", () => {
    expect(problemsOf("one\n{{#if topic}}three{{/if}}\n")).toEqual([
      "user.md:2: {{topic}} is missing",
      "user.md:2: {{#each items}} is missing",
    ]);
    expect(problemsOf("{{topic}}\n{{#each items}}{{number}}{{/each}}")).toEqual([
      "user.md:2: {{text}} is missing inside {{#each items}}",
    ]);
  });

  it("counts a flag as used where it is asked for", () => {
    const flags: Placeholders = { isNew: { isRequired: true, isFlag: true } };
    const problems = (text: string) => parsePromptTemplate(text, "f", flags);

    expect(problems("{{#if isNew}}new{{/if}}")).toHaveProperty("template");
    expect(problems("old")).toEqual({ problems: ["f:1: {{#if isNew}} is missing"] });
  });

  it.each([
    ["one\n{{#if topic}}\nthree", "user.md:3: not a readable template"],
    ["one\n{{#if topic}}{{/each}}", "user.md:2: not a readable template"],
    ["one\n{{topic", "user.md:2: not a readable template"],
  ])("says where the syntax of %j is wrong", (text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
  });
});
