import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policyForm } from "../../../src/adapters/policy-file/policy-form.ts";
import { readPolicy } from "../../../src/adapters/policy-file/read-policy.ts";
import type { Customer } from "../../../src/core/customer.ts";
import { builtInEscalations } from "../../../src/core/judging/built-in-escalations.ts";
import { decideByRules } from "../../../src/core/judging/decide-by-rules.ts";
import { whyQuiet } from "../../../src/core/judging/why-quiet.ts";
import type { OpenInterval, Schedule } from "../../../src/core/policy.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Conversation, Draft } from "../../../src/core/types.ts";
import { unknown } from "../../../src/core/unknown.ts";
import { conversation, customer, draft, noon, part, policy } from "../../fixtures/conversations.ts";

const document = readFileSync(new URL("../../../docs/policy.md", import.meta.url), "utf8");
const titled = [...document.matchAll(/^### (.+)\n\n```yaml\n([\s\S]*?)```/gm)].map(
  ([, title = "", text = ""]) => ({ title, text }),
);
const folder = new URL("../../../docs/policies/", import.meta.url);
const fileOf = (title: string) =>
  readFileSync(new URL(`${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.yaml`, folder), "utf8");
const example = /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? "";

function problemsOf(text: string): string[] {
  const read = readPolicy(text);
  return "problems" in read ? read.problems : [];
}

const withCompany = (plan: string, monthly_spend: number): Customer => ({
  attributes: {},
  tags: unknown,
  segments: unknown,
  conversations: unknown,
  companies: [{ name: "Blue Sun", plan, attributes: { monthly_spend } }],
});
const onBusiness = withCompany("business", 10);
const payingMuch = withCompany("Starter", 1000);
const small = withCompany("Starter", 10);

const haggles = (holds: boolean | null) => [
  { sentence: "The customer asks for a discount or a better price", holds, probability: null },
];
const hours = (day: OpenInterval[]): Schedule[] => [
  {
    id: "1",
    name: "Standard hours",
    hours: { timeZone: "UTC", week: Array.from({ length: 7 }, () => day), exceptions: [] },
  },
];
const ratedBefore = (rating: number): Customer => ({
  ...small,
  conversations: [{ id: "c0", at: noon, about: "Login", state: "closed", rating }],
});

/** A recipe, what becomes of a sure draft under it, and what is otherwise than usual. */
const recipes: [string, string, Partial<Conversation>?, Partial<Draft>?, string?][] = [
  ["VIPs to people", "review: VIPs to people", { tags: ["vip"] }],
  ["VIPs to people", "reply: Everybody else"],
  ["Refunds are reviewed", "review: Money", {}, {}, "I want my money back!"],
  [
    "Refunds to billing",
    "hand-off: payment_dispute",
    {},
    {},
    "You charged me twice, I want my money back",
  ],
  ["German only", "reply: German goes out", {}, { language: "de" }],
  ["German only", "note: Other languages are noted"],
  ["A roll-out to ten per cent", "reply: The first tenth", { id: "c1" }],
  ["A roll-out to ten per cent", "review: The rest is reviewed", { id: "c2" }],
  ["Mail is reviewed, the messenger answers by itself", "reply: Messenger"],
  ["Mail is reviewed, the messenger answers by itself", "review: Mail", { channel: "email" }],
  ["Only what no team has taken", "excluded-by-policy", { teamId: "12" }],
  ["Only what no team has taken", "review"],
  [
    "Nothing from the status page",
    "excluded-by-policy",
    { pageUrl: "https://status.example.com/incidents/4" },
  ],
  ["Nothing from the status page", "review", { pageUrl: "https://app.example.com/" }],
  ["Quiet at weekends", "excluded-by-policy", { readAt: Date.UTC(2026, 0, 10, 12) }],
  ["Quiet at weekends", "review", { readAt: Date.UTC(2026, 0, 9, 12) }],
  ["Large accounts to people", "review: Large accounts", { attributes: { Seats: 100 } }],
  ["Large accounts to people", "review: Large accounts", { customer: onBusiness }],
  ["Large accounts to people", "review: Large accounts", { customer: payingMuch }],
  ["Large accounts to people", "review: Large accounts", { customer: null }],
  ["Large accounts to people", "review", { attributes: { Seats: 99 }, customer: small }],
  ["Complaints are noted for the team", "note: Complaints", {}, { intent: "complaint" }],
  ["Stricter, and shorter", "reply: mode", {}, { confidence: 0.95 }],
  ["Stricter, and shorter", "review", {}, { confidence: 0.94 }],
  [
    "Two topics by themselves",
    "reply: What is well described",
    {},
    { topic: "login", sentiment: "calm" },
  ],
  [
    "Two topics by themselves",
    "review: The rest is reviewed",
    {},
    { topic: "billing", sentiment: "calm" },
  ],
  [
    "Two topics by themselves",
    "review: The rest is reviewed",
    {},
    { topic: "login", sentiment: "angry" },
  ],
  ["Two topics by themselves", "review: The rest is reviewed", {}, { topic: "login" }],
  ["Discounts to sales", "hand-off: Discounts", {}, { sentences: haggles(true) }],
  ["Discounts to sales", "reply: mode", {}, { sentences: haggles(false) }],
  ["Discounts to sales", "review: Discounts", {}, { sentences: haggles(null) }],
  ["By itself when nobody is there", "reply: Nobody is there", { schedules: hours([]) }],
  [
    "By itself when nobody is there",
    "note: People answer",
    { schedules: hours([{ from: 0, to: 1440 }]) },
  ],
  ["By itself when nobody is there", "note: People answer", { schedules: unknown }],
  ["Whoever was let down before", "review: Let down before", { customer: ratedBefore(2) }],
  ["Whoever was let down before", "reply: mode", { customer: ratedBefore(3) }],
];

/** What becomes of a sure draft for a question under a recipe. */
function under(
  title: string,
  about: Partial<Conversation> = {},
  more: Partial<Draft> = {},
  text = "How do I reset my password?",
): string {
  const read = readPolicy(fileOf(title));
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  const asked = conversation([part(customer, text)], about);
  const rules = { ...policy, replyMode: "review" as const, ...read.policy };
  const quiet = whyQuiet(asked, rules);
  if (quiet !== null) return quiet;
  const turn = unansweredTurn(asked);
  if (turn === null) throw new Error("Nobody waits");
  const standing = {
    waitedMs: 0,
    isWithPeople: false,
    isLeftByTeammate: false,
    unseen: null,
    repliesSoFar: 0,
  };
  const drafting = { draft: draft(more) };
  const { action, rule } = decideByRules({ conversation: asked, turn }, drafting, rules, standing);
  return rule === undefined ? action : `${action}: ${rule}`;
}

it("names a topic that the file does not have, and what is known only after the draft", () => {
  const problems = (text: string) => {
    const read = readPolicy(text);
    return "problems" in read ? read.problems : [];
  };
  expect(problems("mode:\n  - { when: { topic: billing }, mode: auto }")).toEqual([
    "line 2: mode[1]: asks for the topic “billing”, and the file has no topics",
  ]);
  const inner = "escalate:\n  - { when: { not: { topic: [Login, bills, none] } }, then: review }";
  expect(problems(`topics: [login, billing]\n${inner}`)).toEqual([
    "line 3: escalate[1]: asks for the topic “bills”, which is none of topics (login, billing)",
  ]);
  expect(problems("never:\n  - { when: { sentiment: angry } }")).toEqual([
    expect.stringMatching(/never\[1\]\.when\.sentiment: is known only after the draft/),
  ]);
  expect(problems("mode:\n  - { when: { sentiment: sad }, mode: note }")).toEqual([
    expect.stringMatching(/sentiment: must be of calm, frustrated, angry/),
  ]);
});

it("takes a plain sentence for a condition, and names the rule by it", () => {
  const read = readPolicy(
    "never:\n  - when: The customer writes for a newspaper\nescalate:\n  - { name: vip, when: Says they are a partner }",
  );
  if ("problems" in read) throw new Error(read.problems.join());
  const { never, escalate } = read.policy.rules;
  expect(never).toEqual([
    {
      name: "The customer writes for a newspaper",
      when: expect.objectContaining({ says: ["The customer writes for a newspaper"] }),
    },
  ]);
  expect(escalate[0]).toMatchObject({ name: "vip", when: { says: ["Says they are a partner"] } });
  const many = Array.from({ length: 41 }, (_, index) => `  - when: Sentence ${index}`).join("\n");
  const wrong: [string, RegExp][] = [
    ["never:\n  - when: newspaper", /line 2: never\[1\]\.when\.says: must be a plain sentence/],
    [`never:\n  - when: a ${"b".repeat(300)}`, /says: must be a plain sentence/],
    [
      "guidance:\n  - { when: Somebody haggles, say: Be kind. }",
      /guidance\[1\]: must be a sentence/,
    ],
    [`never:\n${many}`, /more than 40 plain sentences/],
  ];
  for (const [text, problem] of wrong) {
    const found = readPolicy(text);
    expect("problems" in found && found.problems.join()).toMatch(problem);
  }
});

describe("the policy file", () => {
  it("of docs/policy.md can be used, wherever it is shown", () => {
    const shown = [...document.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    expect(shown).toContain(example);
    expect(shown.length).toBeGreaterThan(25);
    for (const text of shown) expect(problemsOf(text), text).toEqual([]);
  });

  it("of each recipe is a file that can be copied, and each is tried below", () => {
    for (const { title, text } of titled) expect(fileOf(title)).toBe(`# ${title}\n${text}`);
    expect(readdirSync(folder)).toHaveLength(titled.length);
    expect(titled.length).toBeGreaterThanOrEqual(10);
    const tried = new Set(recipes.map(([title]) => title));
    expect([...tried].toSorted()).toEqual(titled.map(({ title }) => title).toSorted());
  });

  it.each(recipes)("recipe “%s” makes of it: %s", (title, expected, about, more, text) => {
    expect(under(title, about, more, text)).toBe(expected);
  });

  it("has an example with every key, which can be used", () => {
    const text = readFileSync(
      new URL("../../../docs/policy.example.yaml", import.meta.url),
      "utf8",
    );
    expect(problemsOf(text)).toEqual([]);
    const shown = [...text.matchAll(/^([a-z_]+):/gm)].map(([, key]) => key);
    expect(shown.toSorted()).toEqual(Object.keys(policyForm.shape).toSorted());
  });

  it("shows the built-in rules in docs/policy.md as they are", () => {
    const [, shown = ""] =
      /^## What goes to people\n[\s\S]*?```yaml\n([\s\S]*?)```/m.exec(document) ?? [];
    const read = readPolicy(shown);
    if ("problems" in read) throw new Error(read.problems.join("\n"));
    const plain = (rules: object) => JSON.parse(JSON.stringify(rules));
    expect(plain(read.policy.rules.escalate)).toEqual(plain(builtInEscalations));
  });

  it("changes a built-in rule or switches it off by its name, and wants the rest of any other", () => {
    const read = readPolicy(
      'escalate:\n  - { name: vip, when: { segment: VIP } }\n  - { name: cancellation, then: "off" }',
    );
    if ("problems" in read) throw new Error(read.problems.join("\n"));
    const { escalate } = read.policy.rules;
    expect(escalate[0]).toMatchObject({ name: "vip", when: { segment: ["VIP"] }, step: "review" });
    expect(escalate.map(({ name }) => name)).not.toContain("cancellation");
    expect(escalate).toHaveLength(builtInEscalations.length - 1);
    expect(problemsOf("escalate:\n  - { name: mine, then: review }")).toEqual([
      expect.stringContaining("line 2: escalate[1]: must have when and then"),
    ]);
  });

  it("names every mistake at once, each with its line, its key and what was expected", () => {
    const text = [
      "mode:",
      "  - name: First",
      "    mode: automatic",
      "  - when: { tag: [] }",
      "    mode: review",
      "    percent: 120",
      "never:",
      "  - when:",
      "      language: de",
      "  - when: { colour: red }",
      "only:",
      "  - when: { team: Billing }",
      "confidence_threshold: 80",
      "treshold: 1",
    ].join("\n");
    expect(problemsOf(text).sort()).toEqual(
      [
        "line 3: mode[1].mode: must be one of auto, review, note, shadow",
        "line 4: mode[2].when.tag: must be a name or a list of names",
        "line 6: mode[2].percent: must be from 0 to 100",
        "line 9: never[1].when.language: is known only after the draft: it can stand under mode and escalate, not here",
        "line 10: never[2].when.colour: there is no such key here; docs/policy.md lists those that exist",
        "line 12: only[1].when.team: must be an id (the number in the address of its page in Intercom), a list of ids, or none",
        "line 13: confidence_threshold: must be from 0 to 1",
        "line 14: treshold: there is no such key here; docs/policy.md lists those that exist",
      ].sort(),
    );
  });

  it.each([
    ["mode: [", "not YAML"],
    ["- mode", "must be keys with values"],
    ["mode: sometimes", "line 1: mode[1].mode: must be one of"],
    ["never:\n  - when: {}", "line 2: never[1].when: must say something"],
    ["never:\n  - name: x", "line 2: never[1].when"],
    [
      "never:\n  - { name: x, when: { tag: a } }\n  - { name: x, when: { tag: b } }",
      "line 3: never[2]: another rule",
    ],
    ["topics: billing", "line 1: topics: must be a list of names, such as [billing, login]"],
    ["topics: [billing, Billing]", "line 1: topics: must not name one twice"],
    ["topics: [none]", "topics: must be a list of names"],
  ])("refuses %j and says: %s", (text, said) => {
    expect(problemsOf(text).join("\n")).toContain(said);
  });

  it("takes topics as names, or as names with what belongs to each", () => {
    const topicsOf = (text: string) => {
      const read = readPolicy(text);
      return "policy" in read ? read.policy.topics : read.problems;
    };
    expect(topicsOf("topics: [billing, login]")).toEqual([
      { name: "billing", about: null },
      { name: "login", about: null },
    ]);
    expect(topicsOf("topics: { billing: invoices, login: }")).toEqual([
      { name: "billing", about: "invoices" },
      { name: "login", about: null },
    ]);
  });

  it("says where brand, plan and topic stand, the brand where Intercom has it unless told otherwise", () => {
    const whoAsksOf = (text: string) => {
      const read = readPolicy(text);
      return "policy" in read ? read.policy.whoAsks : read.problems;
    };
    expect(whoAsksOf("who_asks: { plan: { company_attribute: plan } }")).toEqual({
      brand: { conversationAttribute: "Brand" },
      plan: { companyAttribute: "plan" },
      topic: null,
    });
    const named = 'who_asks: { brand: [{ name: Acme, when: { url: "https://acme.example/*" } }] }';
    expect(whoAsksOf(named)).toMatchObject({
      brand: { first: [{ name: "Acme", when: { url: ["https://acme.example/*"] } }] },
    });
    expect(whoAsksOf("who_asks: { brand: Acme }")).toEqual([
      expect.stringMatching(/^line 1: who_asks.brand: must be \{ conversation_attribute/),
    ]);
    expect(whoAsksOf("who_asks: { brand: [{ name: Acme, when: { words: hello } }] }")).toEqual([
      expect.stringMatching(/^line 1: who_asks/),
    ]);
  });

  it("that is empty has no rules", () => {
    expect(problemsOf("")).toEqual([]);
  });
});

describe("look-ups", () => {
  const problemsIn = (lookup: string) => problemsOf(`lookups:\n  - ${lookup}`).join("\n");
  const named = "name: a, about: b";
  it.each([
    [
      "neither address nor server",
      `{ ${named}, for_everybody: true }`,
      "must say either url or mcp",
    ],
    ["nobody whom it is about", `{ ${named}, url: "https://a.example/" }`, "for_everybody: true"],
    [
      "a host that a value would choose",
      `{ ${named}, url: "https://{host}/x", asks: { host: h }, for_everybody: true }`,
      "whose host is written out",
    ],
    [
      "plain HTTP over a network",
      `{ ${named}, url: "http://api.example.com/", for_everybody: true }`,
      "must be an address with https://",
    ],
    [
      "a value that nobody gives",
      `{ ${named}, url: "https://a.example/{id}", for_everybody: true }`,
      "has {id}, which is in neither asks nor customer",
    ],
    [
      "a secret of another kind",
      `{ ${named}, url: "https://a.example/", for_everybody: true, headers: { A: "$\{OPENAI_API_KEY}" } }`,
      "whose names begin with LOOKUP_",
    ],
    [
      "no regular expression",
      `{ ${named}, url: "https://a.example/{id}", for_everybody: true, asks: { id: { about: b, matches: "(" } } }`,
      "with a regular expression",
    ],
    ["a typing error", `{ ${named}, utl: "https://a.example/", for_everybody: true }`, "utl"],
  ])("%s is a mistake", (_what, lookup, problem) => {
    expect(problemsIn(lookup)).toContain(problem);
  });

  it("are read with what they leave out filled in", () => {
    const read = readPolicy(
      'lookups: [{ name: a, about: b, url: "https://a.example/{id}", asks: { id: the id }, for_everybody: true }]',
    );
    expect(read).toMatchObject({
      policy: {
        lookups: [
          {
            asks: [{ name: "id", about: "the id", matches: null }],
            from: { kind: "http", url: "https://a.example/{id}", headers: {} },
            show: null,
            timeoutMs: 3_000,
            keptMs: 60_000,
          },
        ],
      },
    });
  });
});

describe("sources", () => {
  it.each([
    ["a place that is none", "intercom:articles", "there are intercom:macros and intercom:ext"],
    ["a zip", "./docs.zip", "post it to /knowledge/import"],
    ["a password", "https://me:secret@x.test/", "names https://x.test/ with a user name"],
    ["no place", "{ language: de }", "a.from: must be a folder such as"],
    ["a language in words", "{ from: ./docs, language: german }", "two letters, such as de"],
    ["another audience", "{ from: ./docs, audience: staff }", "must be customers or internal"],
    [
      "an interval in words",
      "{ from: ./docs, every: daily }",
      "such as 30m, 6h or 1d, 24d at most",
    ],
    ["an interval that no timer waits", "{ from: ./docs, every: 25d }", "24d at most"],
    ["a depth beyond all", '{ from: "http://x.test", depth: 99 }', "from 0 to 20"],
    ["more than memory holds", '{ from: "http://x.test", page_megabytes: 26 }', "from 1 to 25"],
    ["hosts of a folder", "{ from: ./docs, hosts: [x.test] }", "a.hosts: is for sites"],
    [
      "a host with a path",
      '{ from: "http://x.test", hosts: [x.test/y] }',
      "a.hosts[1]: must be ho",
    ],
    ["a topic that is none", "{ from: ./docs, topics: [billing] }", "and the file has no topics"],
    ["brands that are none", "{ from: ./docs, brands: [] }", "a list of names of brands"],
    [
      "a key that does not exist",
      "{ from: ./docs, colour: red }",
      "sources.a.colour: there is no such key here; docs/help-center.md lists those that exist",
    ],
  ])("cannot have %s", (_what, source, problem) => {
    const problems = problemsOf(`mode: review\nsources:\n  a: ${source}`).join("\n");
    expect(problems).toMatch(/^line 3: sources\.a/);
    expect(problems).toContain(problem);
    expect(problems).not.toContain("secret");
  });

  it("each have a name of their own, also beside those of the settings", () => {
    expect(problemsOf("sources:\n  a/b: ./docs")[0]).toContain("must be a name of letters, digits");
    expect(problemsOf("sources: handbook")[0]).toContain("must be sources by their names");
    const twice = "sources:\n  - { name: a, from: ./docs }\n  - { name: A, from: ./src }";
    expect(problemsOf(twice)).toEqual([
      "line 3: sources[2]: another source is called “A” too: each needs a name of its own",
    ]);
    expect(readPolicy("mode: auto\nsources: { docs: ./docs }", ["docs"])).toEqual({
      problems: [
        "line 2: sources.docs: KNOWLEDGE_SOURCES names a source “docs” too: leave it out there or here",
      ],
    });
  });

  it("are read with what they leave out filled in", () => {
    const unsaid = { language: null, isInternal: false, everyMs: null, plans: [] };
    const read = readPolicy(`
topics: [billing]
sources:
  handbook: ./docs
  my site:
    from: https://docs.example.com
    language: de
    audience: internal
    every: 6h
    depth: 2
    page_megabytes: 25
    hosts: ["CDN.example.com", "wiki.internal:80"]
    brands: Quillbox
    topics: [billing]`);
    expect("policy" in read && read.policy.sources).toEqual([
      { name: "handbook", kind: "folder", path: "./docs", ...unsaid, brands: [], topics: [] },
      {
        name: "my site",
        kind: "site",
        url: "https://docs.example.com",
        hosts: ["cdn.example.com", "wiki.internal:80"],
        limits: { depth: 2, pageMegabytes: 25 },
        ...unsaid,
        language: "de",
        isInternal: true,
        everyMs: 6 * 3_600_000,
        brands: ["Quillbox"],
        topics: ["billing"],
      },
    ]);
  });
});
