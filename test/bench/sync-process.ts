import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BackfillReport } from "../../src/core/learning/backfill-report.ts";
import type { IntercomStandIn } from "../stand-ins/intercom.ts";

const script = new URL("../../src/sync.ts", import.meta.url).pathname;
const packageFile = new URL("../../package.json", import.meta.url);

export type SyncProcess = {
  child: ChildProcess;
  /** Resolves when it has ended: its report, or `null` when it was killed or failed to start. */
  ended: Promise<{ report: BackfillReport | null; complaints: string }>;
  /** The most memory it has held so far, in MiB; `null` where the system does not tell. */
  peakMebibytes(): number | null;
};

/** `npm run sync` as a process of its own, so that it can be killed. */
export function startSync(standIn: IntercomStandIn, dataDir: string): SyncProcess {
  const child = spawn(process.execPath, [...nodeFlags(), script], {
    env: {
      PATH: process.env.PATH,
      INTERCOM_API_BASE_URL: standIn.baseUrl,
      INTERCOM_ACCESS_TOKEN: standIn.accessToken,
      INTERCOM_WEBHOOK_SECRET: "secret",
      INTERCOM_ADMIN_ID: standIn.adminId,
      OPENAI_API_KEY: "none",
      DATA_DIR: dataDir,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const ended = new Promise<{ report: BackfillReport | null; complaints: string }>((resolve) => {
    child.once("close", () => {
      const report = output.trim() === "" ? null : (JSON.parse(output) as BackfillReport);
      resolve({ report, complaints });
    });
  });
  return { child, ended, peakMebibytes: () => peakMebibytes(child.pid) };
}

/** Those of `npm run sync`, without the settings of whoever runs the tests. */
function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(packageFile, "utf8"));
  const flags: string[] = scripts.sync.split(" ").filter((word: string) => word.startsWith("--"));
  return flags.filter((flag) => !flag.startsWith("--env-file"));
}

/** Everything that is stored, one line each, sorted: equal content gives equal text. */
export function contentOf(dataDir: string): string {
  const database = new DatabaseSync(join(dataDir, "memory.sqlite"), { readOnly: true });
  const rows = ["answer", "turn"].flatMap((table) =>
    database
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) => {
        const { row: _position, ...values } = row;
        return `${table} ${JSON.stringify(values)}`;
      }),
  );
  const indexed = ["answer_words", "turn_words"].map((table) => {
    const counted = database.prepare(`SELECT count(*) AS rows FROM ${table}_docsize`).get();
    return `${table} ${counted?.rows}`;
  });
  database.close();
  return [...rows.sort(), ...indexed].join("\n");
}

function peakMebibytes(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kibibytes = /VmHWM:\s+(\d+)/.exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}
