import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { freePort } from "./free-port.ts";

const programs = findPrograms();
const systemUser = findSystemUser();

/** Whether a real PostgreSQL can be started here; the tests that need one are skipped otherwise. */
export const hasPostgres = programs !== null && (systemUser !== null || process.getuid?.() !== 0);
if (!hasPostgres) {
  process.stderr.write("No PostgreSQL server: tests of the memory in MEMORY_URL are skipped.\n");
}

const password = "a password / with @ signs";
const patienceMs = 60_000;

/**
 * A real PostgreSQL on a port and in a folder of its own, of Debian's package. Nothing is flushed to
 * the disk: what these tests end is processes, never the machine.
 */
export async function startPostgres({ speaksTls = false, sharedBuffers = "32MB" } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "auto-responder-postgres-"));
  if (systemUser !== null) chownSync(directory, systemUser.uid, systemUser.gid);
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o644 });
  const data = join(directory, "data");
  run("initdb", [
    ...["--pgdata", data, "--username", "owner", "--pwfile", passwordFile, "--no-sync"],
    ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"],
  ]);
  const certificate = join(directory, "certificate.pem");
  if (speaksTls) makeCertificate(certificate, join(directory, "key.pem"));
  const port = await freePort();
  const urlOf = (database: string, user = "owner", itsPassword = password) =>
    `postgres://${user}:${encodeURIComponent(itsPassword)}@127.0.0.1:${port}/${database}`;
  const up = async () => {
    const tls = { ssl: "on", ssl_cert_file: certificate, ssl_key_file: join(directory, "key.pem") };
    const server = spawnServer(data, directory, port, {
      shared_buffers: sharedBuffers,
      ...(speaksTls ? tls : {}),
    });
    await answering(urlOf("postgres"), server);
    return server;
  };
  let server = await up();
  let databases = 0;

  /** Statements of the test's own, as the owner. */
  const query = async (text: string, database = "postgres") => {
    const client = new pg.Client(urlOf(database));
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };

  return {
    port,
    password,
    /** The file of its own certificate, which nobody else has signed; with `speaksTls`. */
    certificate,
    urlOf,
    query,
    /** An empty one that no other test knows. */
    async freshDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await query(`CREATE DATABASE ${name}`);
      return { name, url: urlOf(name) };
    },
    /** Without warning: all of its connections end. */
    async kill() {
      server.kill("SIGQUIT");
      await once(server, "exit");
    },
    /** Starts it again after `kill`, with what was committed before. */
    async start() {
      server = await up();
    },
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill("SIGQUIT");
        await once(server, "exit");
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type PostgresServer = Awaited<ReturnType<typeof startPostgres>>;

/** For the name `localhost`, of the server's user alone. */
function makeCertificate(certificate: string, key: string): void {
  const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const { status } = spawnSync("openssl", [
    ...words,
    ...names,
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
  if (status !== 0) throw new Error("openssl made no certificate");
  chmodSync(key, 0o600);
  if (systemUser !== null) chownSync(key, systemUser.uid, systemUser.gid);
}

function spawnServer(
  data: string,
  directory: string,
  port: number,
  more: Record<string, string>,
): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: directory,
    fsync: "off",
    full_page_writes: "off",
    max_connections: "60",
    ...more,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return spawn(program("postgres"), ["-D", data, "-p", String(port), ...words], {
    ...(systemUser ?? {}),
    cwd: directory,
    stdio: "ignore",
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (const began = Date.now(); Date.now() - began < patienceMs; await pause(20)) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = new pg.Client(url);
    client.on("error", () => {});
    const isUp = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (isUp) return;
  }
  throw new Error("postgres does not answer");
}

function run(name: string, words: string[]): void {
  const { status, stderr } = spawnSync(program(name), words, {
    ...(systemUser ?? {}),
    cwd: tmpdir(),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
}

function program(name: string): string {
  return join(programs ?? "", name);
}

/** Debian keeps the server's programs off everybody's PATH, in a folder for each version. */
function findPrograms(): string | null {
  const versions = "/usr/lib/postgresql";
  const numbers = existsSync(versions) ? readdirSync(versions) : [];
  const folders = [
    ...numbers.toSorted((a, b) => Number(b) - Number(a)).map((name) => `${versions}/${name}/bin`),
    ...(process.env.PATH ?? "").split(":"),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** PostgreSQL refuses to run as root: then it is the package's own user. */
function findSystemUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const [, , uid, gid] =
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((line) => line.startsWith("postgres:"))
      ?.split(":") ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}
