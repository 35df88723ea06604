import { describe, expect, it } from "vitest";
import { answerShape, readAnswer } from "../../../src/adapters/openai/answer.ts";
import { intents } from "../../../src/core/types.ts";
import { cpuMsOf } from "../../lib/cpu-time.ts";
import { answerObject } from "../../stand-ins/openai.ts";

function read(text: string | object) {
  const result = readAnswer(typeof text === "string" ? text : JSON.stringify(text));
  if ("problem" in result) throw new Error(result.problem);
  return result.answer;
}

function problemOf(text: string | object): string {
  const result = readAnswer(typeof text === "string" ? text : JSON.stringify(text));
  return "problem" in result ? result.problem : "";
}

describe("readAnswer", () => {
  it("reads an answer with all its fields", () => {
    expect(read(answerObject({ used_sources: [2, 1], needs_human: true }))).toEqual({
      language: "en",
      intent: "question",
      reasoning: "The stand-in answers what it is asked.",
      usedSources: [2, 1],
      reply: "Hello!",
      needsHuman: true,
      confidence: 0.9,
      topic: null,
      asksBack: false,
      wantedLookups: [],
      evidence: [],
      missing: [],
      promises: [],
      summary: "",
      translation: { messages: "", reply: "" },
    });
  });

  it.each([
    [{ sentiment: "angry", urgency: "high", topic: "billing" }, ["angry", "high", "billing"]],
    [
      { sentiment: " Frustrated ", urgency: "LOW", topic: " Billing " },
      ["frustrated", "low", "Billing"],
    ],
    [{ sentiment: "furious", urgency: 3, topic: "" }, [undefined, undefined, null]],
    [{ sentiment: null, topic: ["billing"] }, [undefined, undefined, null]],
    [{}, [undefined, undefined, null]],
  ])("reads how the customer sounds from %j, and invents nothing", (fields, expected) => {
    const { sentiment, urgency, topic } = read(answerObject(fields));
    expect([sentiment, urgency, topic]).toEqual(expected);
  });

  it.each<[unknown, object[]]>([
    [[{ source: 2, quote: " 14 days " }], [{ source: 2, quote: "14 days" }]],
    [{ source: "[2]", quote: "14 days" }, [{ source: 2, quote: "14 days" }]],
    [[{ source: null, quote: "14 days" }, { source: 1, quote: "" }, "14 days", null, 7], []],
    ["none", []],
    [undefined, []],
  ])("reads the evidence %j", (evidence, expected) => {
    expect(read(answerObject({ evidence })).evidence).toEqual(expected);
  });

  it("reads what is for the teammate, cut to what a card has room for", () => {
    const fields = {
      asks_back: "true",
      missing_facts: [" When does\nit end? ", "", 7, "none", "b", "c", "d"],
      promises: "We will refund it.",
      summary: "x".repeat(1000),
    };
    const { asksBack, missing, promises, summary } = read(answerObject(fields));
    expect(asksBack).toBe(true);
    expect(missing).toEqual(["When does it end?", "b", "c"]);
    expect(promises).toEqual(["We will refund it."]);
    expect(summary).toHaveLength(400);
  });

  it.each([
    ["a fence", (json: string) => `\`\`\`json\n${json}\n\`\`\``],
    ["words around it", (json: string) => `Sure! {smile} Here: ${json} Anything {else}?`],
    ["aloud thinking before it", (json: string) => `<think>{"reply": "no"}</think>\n${json}`],
    ["a quoted brace in the reply", (json: string) => json.replace("Hello!", 'Press \\"}\\" {')],
  ])("finds it within %s", (_, wrap) => {
    expect(read(wrap(JSON.stringify(answerObject()))).confidence).toBe(0.9);
  });

  it("reads line breaks that a small model left inside the text", () => {
    const json = JSON.stringify(answerObject({ reply: "one@@two" })).replace("@@", "\n\n\t");

    expect(read(json).reply).toBe("one\n\n\ttwo");
  });

  it.each([
    [0.8, 0.8],
    [0, 0],
    [1, 1],
    ["0.8", 0.8],
    ["0,8", 0.8],
    [85, 0.85],
    ["85%", 0.85],
    ["1 %", 0.01],
    [100, 1],
    [250, 1],
    [-0.3, 0],
  ])("reads the confidence %j as %d", (value, confidence) => {
    expect(read(answerObject({ confidence: value })).confidence).toBe(confidence);
  });

  it.each([undefined, null, "high", "", true, [0.9], "NaN", "0.9 or 0.8"])(
    "does not guess a confidence from %j",
    (value) => {
      expect(problemOf(answerObject({ confidence: value }))).toContain("confidence: must be");
    },
  );

  it("asks for a reply, which may be empty but not left out", () => {
    expect(read(answerObject({ reply: "" })).reply).toBe("");
    expect(problemOf(answerObject({ reply: null }))).toContain("reply: must be given");
    expect(problemOf(answerObject({ reply: undefined }))).toContain("reply: must be given");
  });

  it("takes safe values for what is left out: a person is needed unless it says otherwise", () => {
    expect(read({ reply: "Ja.", confidence: 0.7 })).toEqual({
      reply: "Ja.",
      confidence: 0.7,
      reasoning: "",
      intent: "other",
      language: null,
      needsHuman: true,
      topic: null,
      asksBack: false,
      wantedLookups: [],
      evidence: [],
      missing: [],
      promises: [],
      summary: "",
      usedSources: [],
      translation: { messages: "", reply: "" },
    });
  });

  it.each([
    [{ needs_human: "false" }, { needsHuman: false }],
    [{ needs_human: "yes" }, { needsHuman: true }],
    [{ intent: "Complaint " }, { intent: "complaint" }],
    [{ intent: "billing" }, { intent: "other" }],
    [{ language: "pt-BR" }, { language: "pt" }],
    [{ language: "German" }, { language: null }],
    [{ used_sources: ["1", "[2]", "Source 3", 3] }, { usedSources: [1, 2, 3] }],
    [{ used_sources: 2 }, { usedSources: [2] }],
    [{ used_sources: null }, { usedSources: [] }],
  ])("reads %j", (given, expected) => {
    expect(read(answerObject(given))).toMatchObject(expected);
  });

  it.each(["", "I think you should press Reset.", '{"reply": "cut off', "{}}{", "null", "[1]"])(
    "does not read %j",
    (text) => {
      expect(problemOf(text)).not.toBe("");
    },
  );

  it("gives up quickly on a flood of braces", () => {
    const ms = cpuMsOf(() => expect(problemOf("{".repeat(200_000))).not.toBe(""));
    expect(ms).toBeLessThan(1_000);
  });
});

describe("the form of the answer", () => {
  it("is a schema that strict mode takes, and the same in words", () => {
    const topics = [{ name: "billing", about: "invoices" }];
    for (const { schema, format } of [answerShape(null), answerShape("de", topics)]) {
      expect(schema.required).toEqual(Object.keys(schema.properties));
      expect(schema.properties.intent).toMatchObject({ enum: intents });
      for (const name of schema.required) expect(format).toContain(`\`${name}\``);
      const { evidence, reply } = schema.properties;
      // Strict mode wants it of nested objects too.
      expect(evidence?.items).toMatchObject({
        required: ["source", "quote"],
        additionalProperties: false,
      });
      // Before the reply, or it would be made up for it.
      const names = Object.values(schema.properties);
      expect(names.indexOf(evidence as never)).toBeLessThan(names.indexOf(reply as never));
    }
  });

  it("asks for what people read in the team's language, and in English without one", () => {
    for (const [language, words] of [
      [null, "in English"],
      ["de", "in German"],
    ] as const) {
      const { format } = answerShape(language);
      for (const name of ["reasoning", "missing_facts", "summary"]) {
        expect(format.split("\n").find((line) => line.includes(`\`${name}\``))).toContain(words);
      }
    }
  });

  it("asks for a topic only where there are some, each with what belongs to it", () => {
    expect(answerShape(null).schema.required).not.toContain("topic");
    const asked = answerShape(null, [
      { name: "billing", about: "invoices" },
      { name: "login", about: null },
    ]);
    expect(asked.schema.properties.topic).toMatchObject({ enum: ["billing", "login", "none"] });
    expect(asked.format).toContain('"billing" (invoices), "login"; "none" where no one fits');
  });

  it("asks for translations only where the team has a language", () => {
    expect(answerShape(null).format).not.toContain("translated");
    expect(answerShape("de").format).toContain("`translated_reply` (text): the reply in German");
  });
});
