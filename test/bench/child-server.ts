import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What a process holds in memory, and the processor time that it has used so far. */
export type Usage = { residentBytes: number; cpuMs: number };

export type ChildServer = {
  port: number;
  usage(): Promise<Usage>;
  /** Ends it at once, whatever it is at. */
  stop(): Promise<void>;
};

/**
 * Starts a server of this directory as a process of its own and waits until it takes connections.
 * What it logs goes to /dev/null; what it complains about appears here. `BENCH_NODE_OPTIONS` adds
 * options of Node's to all of them, such as `--cpu-prof`.
 */
export async function startChildServer(
  script: string,
  environment: Record<string, string> = {},
): Promise<ChildServer> {
  const port = await freePort();
  const start = howNpmStarts();
  const child = fork(new URL(script, import.meta.url), {
    cwd: new URL("../..", import.meta.url),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      HOST: "127.0.0.1",
      PORT: String(port),
      ...start.environment,
      ...environment,
    },
    execArgv: [
      ...start.options,
      ...(process.env.BENCH_NODE_OPTIONS ?? "").split(" ").filter(Boolean),
    ],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`);
    await pause(20);
  }

  return {
    port,
    usage: () => askUsage(child),
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

/** What `npm start` tells Node besides the environment's file; it sets how much memory is used. */
function howNpmStarts(): { environment: Record<string, string>; options: string[] } {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { scripts } = JSON.parse(file) as { scripts: { start: string } };
  const words = scripts.start.split(" ");
  const assignments = words.filter((word) => /^[A-Z_]+=/.test(word));
  return {
    environment: Object.fromEntries(assignments.map((word) => word.split("=", 2))),
    options: words.filter((word) => word.startsWith("--") && !word.startsWith("--env-file")),
  };
}

async function askUsage(child: ChildProcess): Promise<Usage> {
  const answered = once(child, "message");
  child.send("usage?");
  const [usage] = await answered;
  return usage as Usage;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
