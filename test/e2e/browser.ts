import { spawnSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's Chromium is, or `null` with a word on the terminal about what to install. */
export function findChromium(): string | null {
  const found = spawnSync("sh", ["-c", "command -v chromium || command -v chromium-browser"]);
  const path = found.stdout.toString().trim();
  if (path !== "") return path;
  process.stderr.write("The page at /chat is not tested: install Debian's package chromium.\n");
  return null;
}

/** Headless, also as root, and without the connections that Chromium opens by itself. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
