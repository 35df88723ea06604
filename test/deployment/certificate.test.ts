import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../nginx/use-certificate.sh", import.meta.url));

describe("nginx/use-certificate.sh, certbot's deploy hook", () => {
  let project: string;
  let lineage: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "certificate-test-"));
    lineage = join(project, "live");
    for (const folder of [lineage, join(project, "nginx/ssl"), join(project, "bin")]) {
      mkdirSync(folder, { recursive: true });
    }
    copyFileSync(script, join(project, "nginx/use-certificate.sh"));
    writeFileSync(join(lineage, "fullchain.pem"), "the chain");
    writeFileSync(join(lineage, "privkey.pem"), "the key");
    const docker = join(project, "bin/docker");
    writeFileSync(docker, `#!/bin/sh\necho "$COMPOSE_PROFILES $PWD $*" > "${project}/asked"\n`);
    chmodSync(docker, 0o755);
  });

  afterEach(() => rmSync(project, { recursive: true }));

  it("puts chain and key where nginx reads them, the key for its owner only", () => {
    expect(runHook({ RENEWED_LINEAGE: lineage }).status).toBe(0);
    const [certificate, key] = ["cert.pem", "key.pem"].map((name) =>
      join(project, "nginx/ssl", name),
    ) as [string, string];
    expect(readFileSync(certificate, "utf8")).toBe("the chain");
    expect(readFileSync(key, "utf8")).toBe("the key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
  });

  it("has the running nginx take it up, from whatever folder certbot calls it", () => {
    runHook({ RENEWED_LINEAGE: lineage });
    expect(readFileSync(join(project, "asked"), "utf8").trim()).toBe(
      `production ${project} compose exec -T nginx nginx -s reload`,
    );
  });

  it("says who should call it when certbot did not", () => {
    const { status, stderr } = runHook({});
    expect(status).not.toBe(0);
    expect(stderr).toContain("--deploy-hook");
  });

  function runHook(environment: Record<string, string>) {
    return spawnSync("bash", [join(project, "nginx/use-certificate.sh")], {
      cwd: "/",
      env: { PATH: `${join(project, "bin")}:/usr/bin:/bin`, ...environment },
      encoding: "utf8",
    });
  }
});
