import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { generateConversations } from "../bench/generated-conversations.ts";
import { answerOf } from "../contracts/memory.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { answerObject, type OpenAIStandIn, startOpenAIStandIn } from "../stand-ins/openai.ts";
import { isForJudge, questionOf, readCsv, startBacktest } from "./backtest-process.ts";

let intercom: IntercomStandIn;
let openai: OpenAIStandIn;
const directories: string[] = [];

const newDirectory = () => {
  const directory = mkdtempSync(join(tmpdir(), "backtest-"));
  directories.push(directory);
  return directory;
};

/** The number in a question decides what the model says of it and whether that is right. */
const numberIn = (question: string) => Number(/number (\d+)/.exec(question)?.[1] ?? 0);
const confidenceFor = (question: string) => [0.95, 0.9, 0.8, 0.6][numberIn(question) % 4] ?? 0;
const isRightFor = (question: string) =>
  confidenceFor(question) > 0.7 || numberIn(question) % 8 === 3;

beforeAll(async () => {
  intercom = await startIntercomStandIn({ rateLimit: 6_000 });
  for (const document of generateConversations(400)) intercom.import(document);
  openai = await startOpenAIStandIn();
  openai.answers((request) => {
    const question = questionOf(request);
    if (!isForJudge(request)) {
      return answerObject({
        reply: `Please do so. <b>${question}</b>`,
        confidence: confidenceFor(question),
      });
    }
    const isRight = isRightFor(question);
    return {
      reasons: isRight ? "Nothing is missing." : "It says nothing of use.",
      supported: true,
      on_question: isRight,
      consistent: true,
      sendable: isRight,
      answerable: numberIn(question) % 5 !== 0,
    };
  });
});
afterAll(async () => {
  await intercom.stop();
  await openai.close();
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function settings(dataDir: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    INTERCOM_ACCESS_TOKEN: intercom.accessToken,
    INTERCOM_WEBHOOK_SECRET: "secret",
    INTERCOM_ADMIN_ID: intercom.adminId,
    OPENAI_BASE_URL: openai.url,
    JUDGE_MODEL: "another-model",
    MODEL_PRICE_INPUT: "2",
    MODEL_PRICE_OUTPUT: "10",
    JUDGE_PRICE_INPUT: "1",
    JUDGE_PRICE_OUTPUT: "4",
    DATA_DIR: dataDir,
    ...more,
  };
}

const since = ["--since", "1500d"];

describe("npm run backtest", { timeout: 120_000 }, () => {
  it("asks before it costs anything, and then asks the model nothing", async () => {
    const before = openai.requests.length;
    const dataDir = newDirectory();
    const { ended } = startBacktest(settings(dataDir), [...since, "--sample", "20"]);
    const { code, complaints } = await ended;
    expect(code).toBe(1);
    expect(complaints).toMatch(/20 turns are chosen, 20 of them are to be drafted/);
    expect(complaints).toMatch(/about [\d,]+ tokens to read, \$ 0\.\d+/);
    expect(complaints).toContain("Add --yes to begin");
    expect(openai.requests.length).toBe(before);
  });

  it("pays for nothing twice, although it is killed three times on the way", async () => {
    const turns = 300;
    const dataDir = newDirectory();
    const out = join(newDirectory(), "report.html");
    const first = openai.requests.length;
    let options = [...since, "--sample", String(turns), "--yes", "--out", out];
    const kept = new Set<string>();
    const repeated: string[] = [];
    for (let kill = 1; kill <= 3; kill += 1) {
      const seen = openai.requests.length;
      const run = startBacktest(settings(dataDir), options);
      while (openai.requests.length < seen + 140) await pause(1);
      run.child.kill("SIGKILL");
      await run.ended;
      noteRepeated(seen);
      for (const key of keptIn(dataDir)) kept.add(key);
      options = ["--resume", "--yes", "--out", out];
    }
    const seen = openai.requests.length;
    const { code, output } = await startBacktest(settings(dataDir), options).ended;
    noteRepeated(seen);

    expect(code).toBe(0);
    const rows = readCsv(out.replace("html", "csv"));
    expect(rows).toHaveLength(turns);
    // By chance two customers may ask in the same words; each is paid for.
    const asked = Map.groupBy(rows, ({ question }) => question ?? "");
    const once = repeated.filter((question) => (asked.get(question)?.length ?? 1) === 1);
    expect(once).toEqual([]);
    // Only what was under way at a kill, at most four at a time, was asked again.
    expect(openai.requests.length - first).toBeLessThanOrEqual(2 * turns + 3 * 4);
    expect(openai.requests.length - first).toBeGreaterThanOrEqual(2 * turns);
    expect(output).toContain(out);

    function noteRepeated(from: number) {
      for (const request of openai.requests.slice(from))
        if (kept.has(keyOf(request))) repeated.push(questionOf(request));
    }

    function keyOf(request: (typeof openai.requests)[number]) {
      return `${isForJudge(request)} ${questionOf(request)}`;
    }
  });

  it("says what could have gone out, and every number comes from the CSV", async () => {
    const dataDir = newDirectory();
    const out = join(newDirectory(), "report.html");
    const options = [...since, "--sample", "300", "--yes", "--out", out];
    const { code, output, complaints } = await startBacktest(settings(dataDir), options).ended;
    expect({ code, complaints: complaints.includes("rror") }).toEqual({
      code: 0,
      complaints: false,
    });
    const rows = readCsv(out.replace("html", "csv"));
    expect(rows).toHaveLength(300);
    for (const { question = "", confidence, right, answerable } of rows) {
      expect(Number(confidence)).toBe(confidenceFor(question));
      expect(right).toBe(isRightFor(question) ? "yes" : "no");
      expect(answerable).toBe(numberIn(question) % 5 === 0 ? "no" : "yes");
    }
    const rated = rows.filter((row) => row.held_back_by === "");
    const goOut = rated.filter(({ confidence }) => Number(confidence) >= 0.8);
    const share = Number(((goOut.length / rows.length) * 100).toFixed(1));
    const sentence = `At 0.80, ${share} % would have gone out by themselves (${goOut.length} of 300), and at least 95 % of them are right: ${goOut.length} of ${goOut.length}.`;
    expect(output).toContain(sentence);

    const html = readFileSync(out, "utf8");
    expect(html).toContain(sentence);
    expect(html).not.toContain("<b>");
    for (const column of ["intent", "language", "channel"]) {
      const names = Map.groupBy(rated, (row) => row[column] || "not said");
      expect(names.size).toBeGreaterThan(0);
      for (const [name, some] of names) {
        const right = some.filter((row) => row.right === "yes").length;
        const shown = Number(((right / some.length) * 100).toFixed(1));
        expect(html).toContain(
          `<td>${name}</td><td>${some.length}</td><td>${right}</td><td>${shown} %</td>`,
        );
      }
    }
    for (const [name, some] of Map.groupBy(rows, (row) => row.held_back_by || "")) {
      if (name !== "") expect(html).toContain(`<td>kept back: ${name}</td><td>${some.length}</td>`);
    }
    const open = rows.filter((row) => row.answerable === "no");
    const gaps = Map.groupBy(open, ({ gap }) => Number(gap));
    expect(open.length).toBeGreaterThan(0);
    expect(html).toContain(
      `${open.length} questions that the sources did not hold the answer to (answerable: no`,
    );
    expect(html).toContain(`in ${gaps.size} groups by their words`);
    const first = gaps.get(1) ?? [];
    expect(html).toMatch(new RegExp(`<h3>Gap 1 · ${first.length} conversation`));
    expect(rows.filter(({ gap }) => gap !== "")).toHaveLength(open.length);
    for (const threshold of [0.95, 0.9, 0.8, 0.6]) {
      const above = rated.filter(({ confidence }) => Number(confidence) >= threshold);
      const right = above.filter((row) => row.right === "yes").length;
      const of = Number(((above.length / rated.length) * 100).toFixed(1));
      expect(html).toContain(
        `<td>${threshold.toFixed(2)}</td><td>${above.length}</td><td>${of} %</td><td>${right}</td>`,
      );
    }
    const tokens = (column: string) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
    const cost = (tokens("draft_tokens_read") * 2 + tokens("draft_tokens_written") * 10) / 1e6;
    expect(html).toContain(`Drafts: $ ${cost.toFixed(cost < 1 ? 4 : 2)}.`);
    const each = (cost / goOut.length).toFixed(4);
    expect(html).toContain(`divided by the ${goOut.length} right ones`);
    expect(html).toContain(`$ ${each} each, against $ 0.99`);
    const pays = Math.floor(0.99 / (cost / rows.length)).toLocaleString("en");
    expect(html).toContain(`pays for ${pays} drafts`);
  });

  it("never uses what could only be known from the future", async () => {
    const dataDir = newDirectory();
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const memory = createSqliteMemory({ directory: dataDir, embedder: null, log });
    const planted = (index: number, question: string) =>
      answerOf({
        question,
        answer: "The answer that only the future knows.",
        conversationId: `future-${index}`,
        at: Date.now() - 60_000,
      });
    const verbs = "change find cancel download share delete connect print move restore".split(" ");
    await memory.rememberAnswers(
      verbs.map((verb, index) =>
        planted(index, `How do I ${verb} the invoice, refund, password, export?`),
      ),
      new AbortController().signal,
    );
    memory.close();
    const before = openai.requests.length;
    const options = [...since, "--sample", "25", "--yes", "--out", join(dataDir, "report.html")];
    expect((await startBacktest(settings(dataDir), options).ended).code).toBe(0);
    const asked = openai.requests.slice(before);
    expect(asked).toHaveLength(50);
    expect(JSON.stringify(asked)).not.toContain("only the future knows");
    expect(readFileSync(join(dataDir, "report.html"), "utf8")).toMatch(/[1-9]\d* later/);
  });

  it("stops where the budget ends, and goes on from there", async () => {
    const dataDir = newDirectory();
    const out = join(dataDir, "report.html");
    const options = [...since, "--sample", "40", "--yes", "--out", out];
    const poor = await startBacktest(settings(dataDir), [...options, "--budget", "0.05"]).ended;
    expect(poor.code).toBe(0);
    expect(poor.complaints).toContain("The budget is used up. Go on with --resume.");
    const done = readCsv(out.replace("html", "csv")).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(40);
    await startBacktest(settings(dataDir), ["--resume", "--yes", "--out", out]).ended;
    expect(readCsv(out.replace("html", "csv"))).toHaveLength(40);
  });

  it("takes people's labels from the CSV, for the newest run, and asks no model", async () => {
    const dataDir = newDirectory();
    const out = join(dataDir, "report.html");
    const options = [...since, "--sample", "40", "--yes", "--out", out];
    await startBacktest(settings(dataDir), options).ended;
    const before = openai.requests.length;
    const csv = join(dataDir, "mine.csv");
    const label = (row: Record<string, string>) => (row.right === "yes" ? "ok" : "wrong");
    const rows = readCsv(out.replace("html", "csv")).slice(0, 25);
    // As a spreadsheet with semicolons saves it.
    const lines = rows.map((row) => `${row.turn};"${label(row)}"`);
    writeFileSync(csv, `\ufeffturn;label\n${lines.join("\n")}\n`);
    const picture = join(dataDir, "curve.png");
    const again = ["--labels", csv, "--out", out, "--png", picture];
    const run = await startBacktest(settings(dataDir), again).ended;
    expect(run).toMatchObject({ code: 0, complaints: "" });
    expect(run.output).toContain(picture);
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(out, "utf8")).toMatch(
      /People labelled 25 drafts. The judge says the same as they of 25 of 25 \(kappa 1.00\)/,
    );
    const labelled = readCsv(out.replace("html", "csv")).filter((row) => row.label !== "");
    expect(labelled.map((row) => row.label)).toEqual(rows.map(label));
    expect(openai.requests.length).toBe(before);

    writeFileSync(csv, "turn,label\n1,perhaps\n");
    const { code, complaints } = await startBacktest(settings(dataDir), ["--labels", csv]).ended;
    expect(code).toBe(1);
    expect(complaints).toContain("Row 2 of the labels says “perhaps”. It must be ok");
  });

  it("says before the first call that the report cannot be written", async () => {
    const before = openai.requests.length;
    const nowhere = join(newDirectory(), "missing", "report.html");
    const options = [...since, "--sample", "3", "--yes", "--out", nowhere];
    const { code, complaints } = await startBacktest(settings(newDirectory()), options).ended;
    expect(code).toBe(1);
    expect(complaints).toContain("The report cannot be written");
    expect(openai.requests.length).toBe(before);
  });

  it("goes on with no run that was begun with another model", async () => {
    const dataDir = newDirectory();
    await startBacktest(settings(dataDir), [...since, "--sample", "3"]).ended;
    const other = settings(dataDir, { JUDGE_MODEL: "a-third-model" });
    const { code, complaints } = await startBacktest(other, ["--resume", "--yes"]).ended;
    expect(code).toBe(1);
    expect(complaints).toContain("was begun with another model, judge or other prompts");
  });
});

/** What the newest run has kept, as `keyOf` names requests. */
function keptIn(dataDir: string): string[] {
  const folder = join(dataDir, "backtest");
  const [name = ""] = readdirSync(folder);
  const questions = new Map<string, string>();
  const content = readFileSync(join(folder, name), "utf8");
  return content
    .slice(0, content.lastIndexOf("\n"))
    .split("\n")
    .flatMap((line) => {
      const { drafted, judged } = JSON.parse(line);
      if (drafted !== undefined) questions.set(drafted.basePartId, drafted.question);
      const question = questions.get(drafted?.basePartId ?? judged?.basePartId);
      return question === undefined ? [] : [`${judged !== undefined} ${question}`];
    });
}
