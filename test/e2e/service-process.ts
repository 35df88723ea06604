import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type ServiceProcess = {
  baseUrl: string;
  processId: number;
  /** Everything it has printed so far. */
  output(): string;
  /** Log lines with that event. */
  logged(event: string): Record<string, unknown>[];
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  terminate(): Promise<number | null>;
};

const root = new URL("../..", import.meta.url).pathname;

/** Starts a script of the project as its users do: as a process of its own, with an environment. */
export function spawnScript(
  script: string,
  environment: Record<string, string>,
  words: string[] = [],
  /** A command that begins it, such as one that gives it a disk of its own. */
  within: string[] = [],
): ChildProcess {
  const [command = process.execPath, ...before] = [...within, process.execPath];
  return spawn(command, [...before, script, ...words], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Starts the service on a free port and waits until it listens. */
export async function startService(
  environment: Record<string, string>,
  script = "src/main.ts",
  within: string[] = [],
): Promise<ServiceProcess> {
  const child = spawnScript(script, { PORT: "0", HOST: "127.0.0.1", ...environment }, [], within);
  const lines: string[] = [];
  const exited = once(child, "exit");
  const port = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const listening = parsed(line);
        if (listening?.msg === "listening") resolve(Number(listening.port));
      });
    }
    void exited.then(() => reject(new Error(`The service ended:\n${lines.join("\n")}`)));
  });

  return {
    processId: child.pid ?? 0,
    baseUrl: `http://127.0.0.1:${port}`,
    output: () => lines.join("\n"),
    logged: (event) =>
      lines.map(parsed).filter((line) => line !== null && line.msg === event) as Record<
        string,
        unknown
      >[],
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async terminate() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
  };
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
