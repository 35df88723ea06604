import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createPolicyFile,
  PolicyFileError,
} from "../../../src/adapters/policy-file/policy-file.ts";
import { policy } from "../../fixtures/conversations.ts";

let directory: string;
let path: string;
let errors: object[];
const log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (values: object) => void errors.push(values),
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "policy-"));
  path = join(directory, "policy.yaml");
  errors = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("the policy file in use", () => {
  it("goes before the settings, key by key", () => {
    writeFileSync(path, "confidence_threshold: 0.95");
    const { confidenceThreshold, maxAutomaticReplies } = createPolicyFile(
      path,
      policy,
      log,
    ).current();
    expect(confidenceThreshold).toBe(0.95);
    expect(maxAutomaticReplies).toBe(policy.maxAutomaticReplies);
  });

  it("is read again once it has changed", () => {
    writeFileSync(path, "confidence_threshold: 0.95");
    const file = createPolicyFile(path, policy, log);
    writeFileSync(path, "confidence_threshold: 0.9 # looser");
    expect(file.current().confidenceThreshold).toBe(0.9);
    writeFileSync(path, "{}");
    expect(file.current().confidenceThreshold).toBe(policy.confidenceThreshold);
  });

  it("keeps the last good one after a bad edit, says so once, and recovers", () => {
    writeFileSync(path, "confidence_threshold: 0.95");
    const file = createPolicyFile(path, policy, log);
    writeFileSync(path, "confidence_threshold: high");
    for (let look = 0; look < 3; look++) expect(file.current().confidenceThreshold).toBe(0.95);
    expect(errors).toHaveLength(1);
    expect(file.problem()).toContain("line 1: confidence_threshold");
    rmSync(path);
    expect(file.current().confidenceThreshold).toBe(0.95);
    expect(file.problem()).toContain("cannot be read (ENOENT)");
    writeFileSync(path, "confidence_threshold: 0.85");
    expect(file.current().confidenceThreshold).toBe(0.85);
    expect(file.problem()).toBeNull();
  });

  it("that cannot be used at start stops the start", () => {
    expect(() => createPolicyFile(path, policy, log)).toThrow(PolicyFileError);
    writeFileSync(path, "mode: sometimes");
    expect(() => createPolicyFile(path, policy, log)).toThrow(/line 1: mode.*must be one of/);
  });
});
