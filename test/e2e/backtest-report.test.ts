import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportHtml } from "../../src/backtest/report.ts";
import { checkedByPeople } from "../../src/core/proving/agreement.ts";
import type { BacktestCase } from "../../src/core/proving/backtest-case.ts";
import { summaryOf } from "../../src/core/proving/backtest-summary.ts";
import { seededRandom } from "../../src/lib/seeded-random.ts";
import { findChromium, launchBrowser } from "./browser.ts";
import { isTooWide, seriousFindings } from "./chat-visits.ts";

const chromium = findChromium();
const attack = `<script>document.title = "owned"</script><img src=x onerror="document.title='owned'">`;

/** Drafts of 0.95 that were right, and of 0.7 of which every third was wrong, with an attack as words. */
function cases(count: number): BacktestCase[] {
  return Array.from({ length: count }, (_, index) => {
    const isSure = index % 2 === 0;
    const isRight = isSure || index % 3 !== 0;
    return {
      conversationId: String(index),
      basePartId: `p${index}`,
      url: index === 1 ? "javascript:alert(1)" : `https://app.example.com/${index}`,
      askedAt: 1_700_000_000_000,
      channel: "email",
      question: attack,
      answer: `Teammate ${index} ${attack}`,
      draft: {
        reply: `Draft ${index} ${attack}`,
        confidence: isSure ? 0.95 : 0.7,
        intent: "question",
        language: "en",
        sources: [{ id: "s", title: attack, url: null, text: "", score: 1 }],
        findings: [],
        model: "test",
        promptHash: null,
        tokens: { prompt: 1000, completion: 100 },
      },
      heldBack: index % 10 === 9 ? "needs-human" : null,
      problems: [],
      leftOut: { sameConversation: 1, later: 2, nearCopies: 0 },
      judgement: {
        reasons: isRight ? "Fine." : attack,
        isSupported: isRight,
        isOnQuestion: true,
        isConsistent: isRight,
        isSendable: isRight,
        isAnswerable: index % 4 !== 1,
      },
      judgeTokens: { prompt: 500, completion: 50 },
      label: null,
      isJudgeTrusted: true,
    };
  });
}

function report(unchecked: BacktestCase[]): string {
  const { cases: given, agreement } = checkedByPeople(unchecked);
  const price = { input: 2, output: 10 };
  const terms = {
    errorLimit: 0.05,
    delta: 0.05,
    random: seededRandom(1),
    prices: { drafts: price, judge: price },
  };
  return reportHtml({
    plan: {
      after: 0,
      until: 1_700_000_000_000,
      sample: given.length,
      seed: 1,
      model: "test",
      promptHash: "0123456789ab",
      judgeModel: "judge",
    },
    looked: { listed: 400, read: 210, withoutTurn: 10 },
    cases: given,
    agreement,
    summary: summaryOf(given, terms),
    errorLimit: 0.05,
    delta: 0.05,
    csvName: "report.csv",
    madeAt: 1_700_000_000_000,
  });
}

describe.skipIf(chromium === null)(
  "the report of a backtest, in Chromium",
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    const directory = mkdtempSync(join(tmpdir(), "report-"));
    const path = join(directory, "report.html");
    beforeAll(async () => {
      writeFileSync(path, report(cases(200)));
      browser = await launchBrowser(chromium ?? "");
    });
    afterAll(async () => {
      await browser.close();
      rmSync(directory, { recursive: true });
    });

    it.each(["light", "dark"] as const)(
      "opens without a complaint, and can be read by everybody (%s)",
      async (colorScheme) => {
        const page = await browser.newPage({ colorScheme, viewport: { width: 360, height: 740 } });
        const complaints: string[] = [];
        page.on("console", (message) => complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("request", (request) => {
          if (!request.url().startsWith("file:")) complaints.push(request.url());
        });
        await page.goto(pathToFileURL(path).href);
        expect(await page.title()).toBe("Backtest of test, 2023-11-14");
        expect(await page.locator("script, img, iframe").count()).toBe(0);
        expect(await page.locator("a[href^='javascript']").count()).toBe(0);
        expect(await page.locator("svg").count()).toBe(2);
        expect(await page.locator("svg + .wide table").count()).toBe(2);
        expect(await page.locator(".result").textContent()).toMatch(
          /^At 0.95, 50 % would have gone out/,
        );
        expect(await isTooWide(page)).toBe(false);
        expect(complaints).toEqual([]);
        expect(await seriousFindings(page)).toEqual([]);
        // 26 of 80 drafts of 0.7 were wrong, so they are 2.5 % off, and those of 0.95 by 5 %.
        expect(await page.locator("main").textContent()).toMatch(
          /is 3\.9 % off \(ECE\); samples like this one give \d[\d.]* % to \d[\d.]* %/,
        );
        expect(await page.locator("tr", { hasText: "70 to 80 %" }).textContent()).toMatch(
          /70 to 80 %80\s*70 %54\s*67\.5 %57\.9 %/,
        );
        await page.close();
      },
    );
  },
);

describe("the report", () => {
  it("says how many more it takes where nothing can be promised", () => {
    expect(report(cases(40))).toContain(
      "Not yet: before 95 % can be promised at any threshold, 39 more drafts with a confidence of 0.95 or more are needed, if all of them are right.",
    );
  });

  it("says that nobody judged where nobody did", () => {
    const unjudged = cases(10).map((one) => ({ ...one, judgement: null, judgeTokens: null }));
    expect(report(unjudged)).toContain("No draft that could go out was judged");
  });

  it("says how far the judge agrees with people, and lets nothing stand on one that does not", () => {
    const labelledAs = (right: "ok" | "wrong", wrong: "ok" | "wrong") =>
      cases(200).map((one, index): BacktestCase => {
        const label = one.judgement?.isSendable ? right : wrong;
        return index < 60 ? { ...one, label } : one;
      });
    const agreeing = report(labelledAs("ok", "wrong"));
    expect(agreeing).toContain("of 60 of 60 (kappa 1.00). It may be believed.");
    expect(agreeing).toMatch(
      /Labels and judge together: 8\d[.\d]* % of the rated drafts are right/,
    );
    const contradicting = report(labelledAs("wrong", "ok"));
    expect(contradicting).toContain("It may not be believed");
    // Only what people labelled is left, of which none of 0.95 was ok.
    expect(contradicting).toMatch(/<td>0.95<\/td><td>30<\/td><td>[\d.]+ %<\/td><td>0<\/td>/);
    expect(report(cases(20))).toContain("No person has looked at these drafts yet");
  });

  it("names the least that any method must keep back", () => {
    const wrong = cases(100).map((one, index) => ({
      ...one,
      heldBack: null,
      judgement: one.judgement && {
        ...one.judgement,
        isSupported: index >= 20,
        isConsistent: true,
        isSendable: true,
      },
    }));
    expect(report(wrong)).toContain(
      "With 20 % wrong drafts, no method whatever can send more than 84.2 % of them",
    );
  });
});
