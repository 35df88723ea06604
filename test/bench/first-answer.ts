import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium, launchBrowser } from "../e2e/browser.ts";

// `npm run bench:first-answer`: from `make mock` on a clean checkout of what is committed, with a
// warm npm cache, to the first answer in the page.

const root = new URL("../..", import.meta.url).pathname;
const limitMs = 180_000;

const chromium = findChromium();
if (chromium === null) process.exit(1);
const browser = await launchBrowser(chromium);
const folder = mkdtempSync(join(tmpdir(), "auto-responder-checkout-"));
execFileSync("git", ["clone", "--quiet", root, folder]);
const port = await freePort();

const startedAt = performance.now();
const since = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
// A group of its own, so that make and everything that it started can be ended together.
const make = spawn("make", ["mock"], {
  cwd: folder,
  detached: true,
  env: { ...environmentOfAShell(), PORT: String(port) },
  stdio: "ignore",
});
try {
  const page = await browser.newPage();
  await untilItListens(page);
  const listening = since();
  await page.getByLabel("The customer’s message").fill("How do I reset my password?");
  await page.keyboard.press("Enter");
  await page.locator(".entry.assistant .bubble").waitFor({ timeout: limitMs });
  process.stdout.write(
    `The page was there after ${listening}, the first answer after ${since()}.\n`,
  );
} finally {
  await browser.close();
  if (make.pid !== undefined) process.kill(-make.pid, "SIGTERM");
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}

/** Without what npm, which may run this, adds for its scripts. */
function environmentOfAShell(): NodeJS.ProcessEnv {
  const variables = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const path = (process.env.PATH ?? "").split(":").filter((entry) => !entry.endsWith("/.bin"));
  return { ...Object.fromEntries(variables), PATH: path.join(":") };
}

async function untilItListens(page: Awaited<ReturnType<typeof browser.newPage>>): Promise<void> {
  const url = `http://127.0.0.1:${port}/chat`;
  while (performance.now() - startedAt < limitMs) {
    if (await page.goto(url).catch(() => null)) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`Nothing answered at ${url} within ${limitMs / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
