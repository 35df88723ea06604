import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";

/** Whether a real Redis can be started here; the tests that need one are skipped otherwise. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis) {
  process.stderr.write("No redis-server: tests with several replicas are skipped.\n");
}

/** A real Redis on a port of its own, with the settings of docker-compose.yml. */
export async function startRedis() {
  const directory = await mkdtemp(join(tmpdir(), "auto-responder-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await spawnRedis(port, directory);
  return {
    url,
    /** Without warning. */
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    /** Starts it again after `kill`. */
    async start({ withoutData = false } = {}) {
      if (withoutData) {
        await rm(join(directory, "appendonlydir"), { recursive: true, force: true });
      }
      child = await spawnRedis(port, directory);
    },
    /** It holds its connections, and answers nothing. */
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type RedisServer = Awaited<ReturnType<typeof startRedis>>;

async function spawnRedis(port: number, directory: string): Promise<ChildProcess> {
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: directory,
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    "maxmemory-policy": "noeviction",
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn("redis-server", words, { stdio: "ignore" });
  const probe = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null });
  probe.on("error", () => {});
  await probe.ping();
  probe.disconnect();
  return child;
}
