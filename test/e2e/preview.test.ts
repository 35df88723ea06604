import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateConversations } from "../bench/generated-conversations.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { answerObject, type OpenAIStandIn, startOpenAIStandIn } from "../stand-ins/openai.ts";
import { isForJudge, questionOf, readCsv, startBacktest } from "./backtest-process.ts";
import { command, installation, removeInstallations, verdict } from "./proving-commands.ts";

const turns = 60;
let intercom: IntercomStandIn;
let openai: OpenAIStandIn;
let dataDir: string;
let rows: Record<string, string>[];

const numberIn = (question: string) => Number(/number (\d+)/.exec(question)?.[1] ?? 0);
const confidenceFor = (question: string) => [0.95, 0.85, 0.7][numberIn(question) % 3] ?? 0;

beforeAll(async () => {
  intercom = await startIntercomStandIn({ rateLimit: 6_000 });
  for (const document of generateConversations(150)) intercom.import(document);
  openai = await startOpenAIStandIn();
  openai.answers((request) => {
    const question = questionOf(request);
    if (!isForJudge(request)) {
      // The other model is never unsure, and wrong where this one is.
      const isOther = request.model === "another-model";
      return answerObject({
        reply: isOther ? `Do so: ${question}` : `Please do so: ${question}`,
        confidence: isOther ? 0.95 : confidenceFor(question),
      });
    }
    const isRight = numberIn(question) % 3 !== 2;
    const rest = { supported: true, on_question: true, consistent: true, answerable: true };
    return { reasons: "", ...rest, sendable: isRight };
  });
  dataDir = mkdtempSync(join(tmpdir(), "preview-"));
  const out = join(dataDir, "report.html");
  const options = ["--since", "1500d", "--sample", String(turns), "--yes", "--out", out];
  const { code } = await startBacktest(environment(), options).ended;
  expect(code).toBe(0);
  rows = readCsv(out.replace("html", "csv"));
  expect(rows).toHaveLength(turns);
}, 60_000);
afterAll(async () => {
  await intercom.stop();
  await openai.close();
  rmSync(dataDir, { recursive: true });
  removeInstallations();
});

function environment(): Record<string, string> {
  return {
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    INTERCOM_ACCESS_TOKEN: intercom.accessToken,
    INTERCOM_WEBHOOK_SECRET: "secret",
    INTERCOM_ADMIN_ID: intercom.adminId,
    OPENAI_BASE_URL: openai.url,
    JUDGE_MODEL: "judge-model",
    MODEL_PRICE_INPUT: "2",
    MODEL_PRICE_OUTPUT: "10",
    JUDGE_PRICE_INPUT: "1",
    JUDGE_PRICE_OUTPUT: "4",
    REPLY_MODE: "auto",
    DATA_DIR: dataDir,
  };
}

const preview = (options: string[], more: Record<string, string> = {}) =>
  command("preview", dataDir, options, { ...environment(), ...more });
const mayGoOut = () => rows.filter((row) => row.held_back_by === "");
const sentAt = (threshold: number) =>
  mayGoOut().filter(({ confidence }) => Number(confidence) >= threshold);

describe("npm run preview", { timeout: 60_000 }, () => {
  it("shows what another threshold flips, and asks no model and no Intercom", async () => {
    const before = [openai.requests.length, intercom.requests.length];
    const out = join(dataDir, "preview.html");
    const { code, output, complaints } = await preview(["--threshold", "0.6", "--out", out]);
    expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
    const [now, then] = [sentAt(0.6).length, sentAt(0.8).length];
    expect(then).toBeGreaterThan(0);
    expect(output).toContain(`${turns} drafts of the newest backtest`);
    expect(output).toContain(`${now - then} of ${turns} decisions would be another one.`);
    expect(output).toContain(
      `By themselves ${now} would go out in place of ${then}: ${now - then} more, 0 fewer. That is more than chance`,
    );
    const wrong = (threshold: number) => sentAt(threshold).filter(({ right }) => right === "no");
    expect(output).toContain(
      `Wrong ones among what goes out: ${wrong(0.6).length} in place of ${wrong(0.8).length}`,
    );
    const html = readFileSync(out, "utf8");
    const flipped = sentAt(0.6).filter(({ confidence }) => Number(confidence) < 0.8);
    expect(html.match(/<article/g)).toHaveLength(flipped.length);
    for (const { conversation } of flipped) expect(html).toContain(`Conversation ${conversation}`);
    expect([openai.requests.length, intercom.requests.length]).toEqual(before);
  });

  it("shows what another policy file makes of the drafts as they are, and asks no model", async () => {
    const before = openai.requests.length;
    const file = join(dataDir, "stricter.yaml");
    writeFileSync(
      file,
      "escalate:\n  - name: invoices-are-looked-at\n    when: { words: [invoice] }\n    then: review\n",
    );
    const { code, output } = await preview(["--policy", file]);
    expect(code).toBe(0);
    const held = sentAt(0.8).filter(({ question }) => question?.includes("invoice"));
    expect(held.length).toBeGreaterThan(0);
    const then = sentAt(0.8).length;
    expect(output).toContain(
      `By themselves ${then - held.length} would go out in place of ${then}: 0 more, ${held.length} fewer.`,
    );
    expect(output).toContain("review: escalated (invoices-are-looked-at)");
    expect(openai.requests.length).toBe(before);
  });

  it("has another model draft anew, after it has said what that costs, and compares both", async () => {
    const before = openai.requests.length;
    const asked = await preview(["--model", "another-model"]);
    expect(asked.code).toBe(1);
    expect(asked.complaints).toMatch(/60 drafts by another-model: about [\d,]+ tokens.*\$ 0\.\d+/);
    expect(asked.complaints).toContain("Add --yes to begin");
    expect(openai.requests.length).toBe(before);

    const { code, output } = await preview(["--model", "another-model", "--yes"]);
    expect(code).toBe(0);
    const [now, then] = [mayGoOut().length, sentAt(0.8).length];
    expect(output).toContain(`By themselves ${now} would go out in place of ${then}`);
    expect(output).toMatch(
      /Right drafts, sent or not: (\d+) in place of \1 of \d+. No difference./,
    );
    const drafted = openai.requests.slice(before).filter((request) => !isForJudge(request));
    expect(drafted).toHaveLength(turns);
    expect(new Set(drafted.map(({ model }) => model))).toEqual(new Set(["another-model"]));
  });

  it("takes edited prompts from a folder", async () => {
    const prompts = join(dataDir, "edited");
    cpSync(new URL("../../prompts", import.meta.url).pathname, prompts, { recursive: true });
    const system = join(prompts, "system.md");
    writeFileSync(system, `${readFileSync(system, "utf8")}\nAlways be brief, says the edit.\n`);
    const before = openai.requests.length;
    const { code } = await preview(["--prompts", prompts, "--last", "5", "--yes"]);
    expect(code).toBe(0);
    const drafted = openai.requests.slice(before).filter((request) => !isForJudge(request));
    expect(drafted).toHaveLength(5);
    for (const { messages } of drafted) expect(messages[0]?.content).toContain("says the edit");
  });

  it("goes by what people decided on live drafts, where there is no backtest", async () => {
    const live = await installation([
      ...Array.from({ length: 30 }, (_, index) => verdict(index, { confidence: 0.85 })),
      ...Array.from({ length: 10 }, (_, index) =>
        verdict(100 + index, { confidence: 0.7, isRejected: true }),
      ),
    ]);
    const { code, output } = await command("preview", live, ["--threshold", "0.65"]);
    expect(code).toBe(0);
    expect(output).toContain("40 decisions of your team on drafts for customers");
    expect(output).toContain("40 would go out in place of 30: 10 more, 0 fewer.");
    expect(output).toContain("Wrong ones among what goes out: 10 in place of 0, of 40 cases");
  });

  it("says what is missing, and what it does not understand", async () => {
    const empty = await installation([]);
    const nothing = await command("preview", empty, ["--threshold", "0.7"]);
    expect(nothing.code).toBe(1);
    expect(nothing.complaints).toContain("npm run backtest makes one");
    const two = await command("preview", empty, ["--threshold", "0.7", "--model", "x"]);
    expect(two.complaints).toContain("Say one change");
  });
});
