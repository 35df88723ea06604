import { describe, expect, it } from "vitest";
import {
  explainUnknownName,
  unknownLabels,
  unknownNames,
  unknownTargets,
} from "../../../src/core/judging/unknown-names.ts";
import { noRules } from "../../../src/core/policy.ts";
import { policy } from "../../fixtures/conversations.ts";

const known = {
  contact: ["country", "Paid subscriber", "Seats", "Fin AI Agent: Preview"],
  company: ["monthly_spend", "Tier"],
  segments: ["Active", "At risk"],
};

describe("names that the workspace does not have", () => {
  it("are named once, with the near ones", () => {
    const never = [
      { name: "one", when: { any: [{ contactAttribute: { paid_subscriber: { isSet: true } } }] } },
      { name: "two", when: { not: { companyAttribute: { tyer: { isSet: true } } } } },
      { name: "three", when: { segment: ["at risk", "Sleeping"] } },
    ];
    const found = unknownNames(
      { ...policy, contactAttributes: ["Seets", "paid_subscriber"], rules: { ...noRules, never } },
      known,
    );
    expect(found).toEqual([
      { what: "attribute of contacts", name: "Seets", near: ["Seats"] },
      { what: "attribute of contacts", name: "paid_subscriber", near: ["Paid subscriber"] },
      { what: "attribute of companies", name: "tyer", near: ["Tier"] },
      { what: "segment", name: "Sleeping", near: [] },
    ]);
  });

  it("include teams and teammates who would take over, with those that exist", () => {
    const handOffTo = { type: "team", id: "13" } as const;
    const to = { type: "admin", id: "501" } as const;
    const escalate = [{ name: "own", when: {}, step: "at-once" as const, to, tell: null }];
    const found = unknownTargets(
      { ...policy, handOffTo, rules: { ...noRules, escalate } },
      { team: [{ id: "12", name: "Billing" }], admin: [{ id: "501", name: "Grace" }] },
    );
    expect(found).toEqual([{ what: "team", name: "13", near: ["12 (Billing)"] }]);
    expect(found.map(explainUnknownName)[0]).toContain("no team with the id 13");
  });

  it("include what labels are to be written to, a tag for each value that is known", () => {
    const labels = {
      topic: { tag: "AI " },
      sentiment: { attribute: "Mod" },
      language: { tag: "lang " },
      outcome: { attribute: "Outcome" },
    };
    const topics = [
      { name: "billing", about: null },
      { name: "login", about: null },
    ];
    const there = { attributes: ["Mood", "Outcome"], tags: ["AI billing"] };
    const found = unknownLabels({ labels, topics }, there, ["replied"]);
    expect(found).toEqual([
      { what: "attribute of conversations", name: "Mod", near: ["Mood"] },
      { what: "tag", name: "AI login", near: [] },
    ]);
    expect(found.map(explainUnknownName)[0]).toContain("nothing is written there");
    expect(unknownLabels({ labels: null, topics }, there, ["replied"])).toEqual([]);
  });

  it("are none where everything exists, lists such as the plan included", () => {
    const contactAttributes = ["Seats", "country", "plan", "segments", "tags", "companies"];
    expect(unknownNames({ ...policy, contactAttributes }, known)).toEqual([]);
  });
});
