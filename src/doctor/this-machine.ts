import { accessSync, constants, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Config } from "../config.ts";
import { type Check, createFindings, type Findings } from "./check.ts";

/** `engines` in package.json. */
const oldestNode = [24, 11] as const;
const littleSpaceBytes = 500 * 1024 * 1024;
/** Reading a larger database through would take longer than a check may. */
const largestCheckedBytes = 256 * 1024 * 1024;

/**
 * Node, the port and the folder of the memory. Nothing is made, written or repaired.
 *
 * @param isServiceHere whether the service itself listens on the port
 */
export async function checkThisMachine(
  config: Config,
  isServiceHere: boolean,
  nodeVersion: string = process.versions.node,
): Promise<Check[]> {
  const findings = createFindings("machine");
  checkNode(findings, nodeVersion);
  if (isServiceHere) findings.ok("port", `port ${config.port} is the service's`);
  else await checkPort(findings, config);
  checkDataFolder(findings, resolve(config.dataDir));
  return findings.checks;
}

function checkNode(findings: Findings, version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (isNewEnough) findings.ok("node", `Node ${version}`);
  else {
    findings.wrong(
      "failed",
      "node",
      `this is Node ${version}, and ${oldestNode.join(".")} or newer is needed`,
      "Start through npm or make, which bring the right one.",
    );
  }
}

async function checkPort(findings: Findings, { port, host }: Config): Promise<void> {
  const code = await new Promise<string | null>((settle) => {
    const server = createServer();
    server.once("error", (error) => settle("code" in error ? String(error.code) : "unknown"));
    server.listen(port, host, () => server.close(() => settle(null)));
  });
  if (code === null) findings.ok("port", `port ${port} is free`);
  else if (code === "EADDRINUSE") {
    findings.wrong(
      "warning",
      "port",
      `port ${port} is in use`,
      "It is not this service that answers there: end what listens, or choose another port.",
      "PORT",
    );
  } else {
    findings.wrong(
      "failed",
      "port",
      `nothing can listen on ${host}:${port} (${code})`,
      "Choose a port above 1023 and an address of this machine.",
      code === "EADDRNOTAVAIL" ? "HOST" : "PORT",
    );
  }
}

function checkDataFolder(findings: Findings, folder: string): void {
  const existing = nearestExisting(folder);
  const problem = problemWith(existing);
  if (problem !== null) {
    findings.wrong(
      "failed",
      "data-folder",
      `${existing} ${problem}`,
      "Name a folder that this user may write to.",
      "DATA_DIR",
    );
    return;
  }
  const note = existing === folder ? "can be written" : "does not exist yet; the start makes it";
  findings.ok("data-folder", `${folder} ${note}`);

  const { bavail, bsize } = statfsSync(existing);
  const free = `${Math.round((bavail * bsize) / 1024 / 1024)} MB free`;
  if (bavail * bsize >= littleSpaceBytes) findings.ok("free-space", free);
  else {
    findings.wrong(
      "warning",
      "free-space",
      `${free} at ${existing}`,
      "Make room: when the disk is full, nothing is remembered any more.",
      "DATA_DIR",
    );
  }
  checkDatabase(findings, join(folder, "memory.sqlite"));
}

/** What lies behind a folder that may not be entered counts as missing. */
function nearestExisting(path: string): string {
  return isThere(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function problemWith(path: string): string | null {
  if (!statSync(path).isDirectory()) return "is a file, not a folder";
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return "cannot be written by this user";
  }
}

function checkDatabase(findings: Findings, path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) findings.ok("database", "no memory yet; the start makes it");
  else if (size > largestCheckedBytes) {
    findings.unproved(
      "database",
      `${path} is too large to be read through here; try: sqlite3 ${path} 'PRAGMA quick_check'`,
    );
  } else {
    const problem = damageOf(path);
    if (problem === null) findings.ok("database", `${path} is whole`);
    else {
      findings.wrong(
        "failed",
        "database",
        `${path}: ${problem}`,
        "Put a back-up in its place, or move the file aside to begin with an empty memory and fill it again with 'npm run sync'.",
        "DATA_DIR",
      );
    }
  }
}

function damageOf(path: string): string | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
    const row = database.prepare("PRAGMA quick_check(1)").get();
    const said = String(row?.quick_check);
    return said === "ok" ? null : said;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    database?.close();
  }
}
