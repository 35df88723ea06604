import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createPrometheusMeasures } from "../../src/adapters/prometheus/prometheus-measures.ts";

const folder = new URL("../../docs/operations/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), "utf8");
const promtool = (words: string[], input = "") =>
  spawnSync("promtool", words, { cwd: folder, input, encoding: "utf8" });
const hasPromtool = promtool(["--version"]).error === undefined;
if (!hasPromtool) process.stderr.write("The alerts are not tested: install prometheus.\n");

type Rule = { alert: string; expr: string; annotations: Record<string, string> };
const rules: Rule[] = parse(read("alerts.yml")).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);

type Panel = {
  id: number;
  title: string;
  type: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid: string };
  targets?: { expr: string; datasource: { uid: string } }[];
  fieldConfig?: { defaults: { unit?: string } };
};
const dashboard = JSON.parse(read("grafana/dashboard.json")) as {
  id: null;
  uid: string;
  time: { from: string; to: string };
  panels: Panel[];
};
const panels = dashboard.panels.filter(({ type }) => type !== "row");

let exposition: string;
/** Every name that a query may ask for, whether anything was counted yet or not. */
let names: Set<string>;

beforeAll(async () => {
  const standing = {
    version: "1.0.0",
    mode: "auto",
    model: "gpt-4o",
    queued: 0,
    givenUp: 0,
    leftToPeople: 0,
    lastWebhookAt: 1_000,
    lastSweepAt: 1_000,
    oldestSourceAt: 1_000,
    dependencies: { intercom: { state: "ok" as const } },
  };
  exposition = (await createPrometheusMeasures(() => standing, Date.now).read()).text;
  const types = [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  names = new Set(
    types.flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
});

/** The metrics in a query: what is no label in braces or `by (…)`, no function, no word of PromQL. */
function metricsIn(query: string): string[] {
  const bare = query
    .replaceAll(/\{[^}]*\}|"[^"]*"|\[[^\]]*\]/g, "")
    .replaceAll(/\b(by|on|ignoring|without)\s*\([^)]*\)/g, "");
  return (bare.match(/\b(responder|nodejs|process)_\w+/g) ?? []).filter(Boolean);
}

describe("the metrics", () => {
  it.skipIf(!hasPromtool)("have the form that Prometheus wants, each with its words", () => {
    const { stdout, stderr } = promtool(["check", "metrics"], exposition);
    // What prom-client names in its own way is not ours to rename.
    const ours = (stdout + stderr).split("\n").filter((line) => line.includes("responder_"));
    expect(ours).toEqual([]);
    const unnamed = exposition.replaceAll(/^# HELP responder_info .*\n/gm, "");
    const complained = promtool(["check", "metrics"], unnamed);
    expect(complained.stdout + complained.stderr).toContain("responder_info no help text");
  });
});

describe("the alerts", () => {
  it.skipIf(!hasPromtool)("pass their unit tests", () => {
    const checked = promtool(["check", "rules", "alerts.yml"]);
    expect(checked.stdout).toContain(`${rules.length} rules found`);
    const { status, stdout, stderr } = promtool(["test", "rules", "alerts.test.yml"]);
    expect(status, stdout + stderr).toBe(0);
  });

  it("each have a unit test in which they fire, and one in which they do not", () => {
    type Expected = { alertname: string; exp_alerts: unknown[] };
    const tests: Expected[] = parse(read("alerts.test.yml")).tests.flatMap(
      (test: { alert_rule_test: Expected[] }) => test.alert_rule_test,
    );
    for (const { alert } of rules) {
      const own = tests.filter(({ alertname }) => alertname === alert);
      const fires = own.map(({ exp_alerts }) => exp_alerts.length > 0);
      expect([alert, new Set(fires)]).toEqual([alert, new Set([true, false])]);
    }
  });

  it("each say what to do, there and in the handbook", () => {
    const described = [...read("README.md").matchAll(/^### (Responder\w+)$/gm)].map(([, n]) => n);
    expect(described).toEqual(expect.arrayContaining(rules.map(({ alert }) => alert)));
    expect(described).toHaveLength(rules.length);
    for (const { annotations } of rules) {
      expect(Object.keys(annotations).sort()).toEqual(["action", "summary"]);
    }
  });

  it("ask only for what is counted", () => {
    const asked = rules.flatMap(({ expr }) => metricsIn(expr));
    expect(asked.length).toBeGreaterThan(rules.length);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
  });

  it.skipIf(!hasPromtool)("are loaded by a configuration that Prometheus takes", () => {
    const { status, stdout, stderr } = promtool(["check", "config", "prometheus.yml"]);
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain("1 rule files found");
  });
});

describe("the dashboard", () => {
  it("asks only for what is counted", () => {
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries) {
      const asked = metricsIn(query);
      expect(asked, query).not.toEqual([]);
      expect(
        asked.filter((name) => !names.has(name)),
        query,
      ).toEqual([]);
    }
  });

  it("shows everything that is counted of the service's own", () => {
    const text = JSON.stringify(dashboard);
    const ours = [...exposition.matchAll(/^# TYPE (responder_\S+)/gm)].map(([, name = ""]) => name);
    expect(ours.filter((name) => !text.includes(name))).toEqual([]);
  });

  it("can be loaded anywhere: its data source is a variable, its times are relative", () => {
    expect(dashboard).toMatchObject({ id: null, uid: "auto-responder" });
    expect(dashboard.time.from).toMatch(/^now-/);
    for (const { datasource, targets = [] } of panels) {
      for (const uid of [datasource?.uid, ...targets.map((target) => target.datasource.uid)]) {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how Grafana names a variable
        expect(uid).toBe("${datasource}");
      }
    }
  });

  it("has a unit and a word for every panel, and none that covers another", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = new Set<string>();
    for (const { title, description, fieldConfig, gridPos } of panels) {
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.any(String)]);
      expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});
