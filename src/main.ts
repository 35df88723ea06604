import { createServer, type Server } from "node:http";
import { compose, type Service } from "./compose.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { whyNotListening } from "./http/why-not-listening.ts";
import { giveBackMemory } from "./lib/give-back-memory.ts";
import { createLog } from "./lib/log.ts";
import { createRedact } from "./lib/redact.ts";

// A client that dribbles its request must not keep a socket for minutes.
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const checkConnectionsEveryMs = 1_000;
const flushTimeoutMs = 1_000;
const settledAfterMs = 2_000;
/** A stop ends by then, whatever still hangs; containers are killed after 30 s. */
const hardEndMs = 25_000;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel, createRedact(config.redactPatterns));
  const service = await composeOrExit(config, log);
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkConnectionsEveryMs,
    },
    service.app,
  );

  server.on("upgrade", service.upgrade);
  server.on("error", (error) => {
    if (config.isMock) endWatching();
    exitWith([whyNotListening(error, config)]);
  });
  await service.prepare();
  server.listen(config.port, config.host, () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : config.port;
    log.info({ host: config.host, port, mode: config.policy.replyMode }, "listening");
    if (config.isMock && config.isChatEnabled) {
      log.info({ page: `http://localhost:${port}/chat` }, "try it");
    }
    service.start();
    setTimeout(giveBackMemory, settledAfterMs).unref();
  });

  const metricsServer = listenForMetrics(service, config, log);

  const shutDown = async (signal: string) => {
    log.info({ signal }, "stopping: no new work, letting the journeys under way finish");
    setTimeout(() => {
      log.warn({}, "stopped before everything had ended");
      process.exit(0);
    }, hardEndMs).unref();
    await service.beginDraining();
    server.close();
    server.closeIdleConnections();
    await service.stop();
    server.closeAllConnections();
    metricsServer?.close();
    metricsServer?.closeAllConnections();
    log.info({}, "stopped");
    log.flush(() => process.exit(0));
    // A log that nobody reads any more never says that it is flushed.
    setTimeout(() => process.exit(0), flushTimeoutMs).unref();
  };
  // Without a policy file the signal keeps its usual meaning: the terminal is gone.
  if (service.rereadPolicy !== null) process.on("SIGHUP", service.rereadPolicy);
  process.once("SIGTERM", (signal) => void shutDown(signal));
  process.once("SIGINT", (signal) => void shutDown(signal));
}

/** On a port of its own, to which only a Prometheus needs to get. */
function listenForMetrics(
  { metricsApp }: Service,
  { metricsPort, host }: Config,
  log: ReturnType<typeof createLog>,
): Server | null {
  if (metricsApp === null) return null;
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
    metricsApp,
  );
  server.on("error", (error) => exitWith([`METRICS_PORT cannot be listened on: ${error.message}`]));
  server.listen(metricsPort ?? 0, host, () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : metricsPort;
    log.info({ host, port }, "metrics listening");
  });
  return server;
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.problems);
    throw error;
  }
}

async function composeOrExit(config: Config, log: ReturnType<typeof createLog>): Promise<Service> {
  try {
    return await compose(config, log);
  } catch (error) {
    exitWith([error instanceof Error ? error.message : String(error)]);
  }
}

/**
 * `make mock` runs under `node --watch`, which would wait for a file to change, and no edit frees a
 * port. It alone starts this with a channel to itself.
 */
function endWatching(): void {
  if (process.send !== undefined) process.kill(process.ppid, "SIGTERM");
}

/** Says everything that stands in the way of a start, and ends. */
function exitWith(problems: string[]): never {
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  process.stderr.write(
    `\nThe service cannot start:\n\n${list}\n\nSee .env.example and the README.\n\n`,
  );
  process.exit(1);
}

await main();
