import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type ChatRequest, unansweredMessagesIn } from "../stand-ins/openai.ts";

const script = new URL("../../src/backtest.ts", import.meta.url).pathname;

export type BacktestRun = {
  child: ChildProcess;
  ended: Promise<{ code: number | null; output: string; complaints: string }>;
};

/** `npm run backtest` as a process of its own, so that it can be killed. */
export function startBacktest(settings: Record<string, string>, options: string[]): BacktestRun {
  const child = spawn(process.execPath, [script, ...options], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const ended = Promise.all([text(child.stdout), text(child.stderr), closed]).then(
    ([output, complaints, [code]]) => ({ code, output, complaints }),
  );
  return { child, ended };
}

/** Whether the judge was asked, and not the drafter. */
export function isForJudge({ messages }: ChatRequest): boolean {
  return messages[0]?.content.startsWith("You check drafts") ?? false;
}

/** What a request is about: the customer's words. */
export function questionOf(request: ChatRequest): string {
  if (!isForJudge(request)) return unansweredMessagesIn(request).join("\n\n");
  return JSON.parse(request.messages[1]?.content ?? "{}").question;
}

/** The rows of a CSV by their column's name (RFC 4180). */
export function readCsv(path: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  const content = readFileSync(path, "utf8");
  while (cell.lastIndex < content.length) {
    const found = cell.exec(content);
    if (found === null) throw new Error("no CSV");
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "\r\n") rows.push([]);
  }
  const [head = [], ...body] = rows.filter((row) => row.length > 1);
  return body.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""])));
}
