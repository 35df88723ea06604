import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DCLinter } from "dclint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

type Service = {
  profiles: string[];
  container_name?: string;
  ports?: string[];
  expose?: string[];
  volumes?: string[];
  env_file?: string;
  environment?: Record<string, string>;
  stop_grace_period?: string;
  networks?: { default: { aliases: string[] } };
  command?: string[];
};

const root = new URL("../../", import.meta.url);
const composeText = readFileSync(new URL("docker-compose.yml", root), "utf8");
const { services } = parse(composeText, { merge: true }) as { services: Record<string, Service> };
const inProfile = (profile: string) =>
  Object.entries(services).filter(([, service]) => service.profiles.includes(profile));

describe("docker-compose.yml", () => {
  it("starts nothing without a profile, so that no container is started by accident", () => {
    expect(Object.values(services).every(({ profiles }) => profiles.length === 1)).toBe(true);
  });

  it("never lets two processes answer one workspace", () => {
    expect(services.app?.container_name).toBeDefined();
    expect(services["app-production"]?.container_name).toBe(services.app?.container_name);
  });

  it("has replicas that share a Redis which keeps what it has, and nothing else that they write", () => {
    const replicas = inProfile("replicas").filter(([name]) => name.startsWith("replica-"));
    expect(replicas).toHaveLength(3);
    const aliases = replicas.map(([, { networks }]) => networks?.default.aliases);
    expect(aliases.every((names) => names?.includes("app-production"))).toBe(true);
    expect(aliases.filter((names) => names?.includes("app-chat"))).toHaveLength(1);
    const data = replicas.flatMap(([, { volumes = [] }]) =>
      volumes.filter((v) => v.endsWith(":/data")),
    );
    expect(new Set(data).size).toBe(3);
    for (const [, { environment }] of replicas) {
      expect(environment?.REDIS_URL).toBe("redis://redis:6379");
    }
    expect(services.redis?.ports).toBeUndefined();
    expect(services.redis?.command?.join(" ")).toMatch(/--appendonly yes .*noeviction/);
    // The first one cannot be started beside a process that knows nothing of Redis.
    expect(services["replica-1"]?.container_name).toBe(services.app?.container_name);
    const published = inProfile("replicas").filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(["nginx-replicas"]);
  });

  it("has a PostgreSQL to remember in that keeps what it has, and that nothing outside reaches", () => {
    const [[name, postgres] = []] = inProfile("postgres");
    expect(inProfile("postgres")).toHaveLength(1);
    expect(name).toBe("postgres");
    expect(postgres?.ports).toBeUndefined();
    expect(postgres?.volumes).toEqual(["postgres:/var/lib/postgresql/data"]);
    const url = /MEMORY_URL=(\S+)/.exec(composeText)?.[1] ?? "";
    const { username, hostname, pathname } = new URL(url);
    const { POSTGRES_USER, POSTGRES_DB } = postgres?.environment ?? {};
    expect([username, hostname, pathname]).toEqual([POSTGRES_USER, name, `/${POSTGRES_DB}`]);
  });

  it("lets nothing but nginx be reached in production", () => {
    const published = inProfile("production").filter(([, service]) => service.ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(["nginx"]);
    expect(services.nginx?.ports).toEqual(["80:80", "443:443"]);
    expect(services["app-production"]?.expose).toEqual(["8000"]);
  });

  it("shows what is counted on this machine only", () => {
    const published = inProfile("monitoring").flatMap(([, { ports }]) => ports);
    expect(published).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:/),
      expect.stringMatching(/^127\.0\.0\.1:/),
    ]);
  });

  it("publishes the development port on this machine only", () => {
    expect(services.app?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:.*:8000$/)]);
  });

  it("reaches the test page in production by the name that nginx knows", () => {
    expect(services["app-production"]?.networks?.default.aliases).toEqual(["app-chat"]);
  });

  it.each(["app", "app-production", "replica-1"])(
    "%s gets settings, prompts, a volume and time to end",
    (name) => {
      const service = services[name];
      expect(service?.env_file).toBe(".env");
      expect(service?.environment).toMatchObject({ DATA_DIR: "/data", PORT: "8000" });
      expect(service?.volumes).toContain("./prompts:/app/prompts:ro");
      expect(service?.volumes).toContain("data:/data");
      // The service lets journeys finish for 18 seconds and ends after 25.
      expect(Number.parseInt(service?.stop_grace_period ?? "", 10)).toBeGreaterThan(25);
    },
  );

  it("mounts only folders that a fresh clone has", () => {
    const mounted = Object.values(services)
      .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(":")[0] ?? ""))
      .filter((source) => source.startsWith("./"));
    expect(mounted.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});

describe("dclint, which knows what goes wrong in Compose files", () => {
  const path = fileURLToPath(new URL("docker-compose.yml", root));
  const lint = new DCLinter({
    rules: {
      // The order of ours is for reading: profile after profile, what matters first.
      "service-keys-order": 0,
      "services-alphabetical-order": 0,
      "top-level-properties-order": 0,
      // It does not see the quotes of ["80:80"].
      "require-quotes-in-ports": 0,
    },
    quiet: false,
    debug: false,
    exclude: [],
  });
  const found = (file: string): string[] => {
    const results: { messages: { rule: string }[] }[] = lint.lintFiles([file], false);
    return results.flatMap(({ messages }) => messages.map(({ rule }) => rule));
  };

  it("finds nothing in docker-compose.yml", () => {
    expect(found(path)).toEqual([]);
  });

  it("would find an image without a tag, and a port for everybody", () => {
    const folder = mkdtempSync(join(tmpdir(), "compose-"));
    const file = join(folder, "docker-compose.yml");
    writeFileSync(file, 'name: x\nservices:\n  a:\n    image: redis\n    ports: ["6379:6379"]\n');
    expect(found(file)).toEqual(expect.arrayContaining(["service-image-require-explicit-tag"]));
    rmSync(folder, { recursive: true });
  });
});
