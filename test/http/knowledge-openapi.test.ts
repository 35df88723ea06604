import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSourceStates } from "../../src/core/knowledge/source-states.ts";
import { createAdminGuard } from "../../src/http/admin-guard.ts";
import { createApp } from "../../src/http/app.ts";
import { createDraining } from "../../src/http/draining.ts";
import { createKnowledgeRoutes, type KnowledgeImports } from "../../src/http/knowledge-routes.ts";
import { described as all, expectAsDescribed, operationsOf } from "../fixtures/api-description.ts";
import { nothingYet } from "../fixtures/readiness.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const token = "token-of-the-test";
const described = all.filter(({ path }) => /^\/knowledge(?:\/|$)/.test(path));
const states = createSourceStates(Date.now);
const imports: KnowledgeImports = {
  states: states.all,
  async take(name, _isInternal, zip) {
    if (name === "taken") return { status: 409, error: "There is one of that name." };
    if (zip.toString() === "no zip") return { status: 422, error: "Nothing was imported." };
    return { files: 1, leftOut: [{ file: "large.md", why: "it is larger than 10 MB" }] };
  },
  remove: async (name) => name === "birds",
};
const admin = createKnowledgeRoutes(imports);
let server: ReturnType<typeof createServer>;
let base: string;

beforeAll(async () => {
  const log = createRecordingLog();
  const app = createApp({
    webhook: { secrets: ["s"], queue: { add: () => {} }, isOtherWorkspace: () => false, log },
    readiness: () => nothingYet,
    draining: createDraining(Date.now),
    adminGuard: createAdminGuard(token),
    adminRoutes: [admin],
    log,
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of ["waiting", "reading", "read", "failing"]) states.add(name, "./docs");
  states.begin("reading");
  states.progress("reading", { read: 3, found: 10 });
  states.leftOut("read", { failing: 1, shortened: ["Set pages for it."] });
  states.end("read", null, { articles: 2, changed: 2, removed: 0 });
  states.end("failing", "ENOENT", null);
});
afterAll(() => void server.close());

const call = (
  method: string,
  path: string,
  {
    body,
    type = "application/zip",
    by = token,
  }: { body?: Buffer; type?: string; by?: string } = {},
) =>
  fetch(base + path, {
    method,
    headers: {
      authorization: `Bearer ${by}`,
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body }),
  });

/** For every operation what it is asked, and the status that it answers with. */
const asked: Record<string, [number, string, { body?: Buffer; type?: string }?][]> = {
  "GET /knowledge": [[200, "/knowledge"]],
  "POST /knowledge/import": [
    [201, "/knowledge/import?name=birds&audience=internal", { body: Buffer.from("a zip") }],
    [400, "/knowledge/import", { body: Buffer.from("a zip") }],
    [400, "/knowledge/import?name=birds", { body: Buffer.from("text"), type: "text/plain" }],
    [409, "/knowledge/import?name=taken", { body: Buffer.from("a zip") }],
    [413, "/knowledge/import?name=birds", { body: Buffer.alloc(50 * 1024 * 1024 + 1) }],
    [422, "/knowledge/import?name=birds", { body: Buffer.from("no zip") }],
  ],
  "DELETE /knowledge/import": [
    [204, "/knowledge/import?name=birds"],
    [404, "/knowledge/import?name=fish"],
  ],
};

describe("docs/openapi.yaml", () => {
  it("describes every route of the sources, and nothing that is neither theirs nor the memory's", () => {
    const names = described.map(({ name }) => name).sort();
    expect(names).toEqual(operationsOf(admin.routes, admin.at).sort());
    expect(names).toEqual(Object.keys(asked).sort());
    const others = all.filter(({ path }) => !/^\/(?:memory|knowledge)(?:\/|$)/.test(path));
    expect(others).toEqual([]);
  });

  it.each(described)(
    "$name answers and refuses as described",
    async ({ name, method, path, operation }) => {
      const refused = await call(method.toUpperCase(), path, { by: "nobody" });
      expect(refused.status).toBe(401);
      await expectAsDescribed(operation, refused);
      for (const [status, at, more] of asked[name] ?? []) {
        const response = await call(method.toUpperCase(), at, more);
        expect(response.status).toBe(status);
        await expectAsDescribed(operation, response);
      }
      const answered = new Set(["401", ...(asked[name] ?? []).map(([status]) => String(status))]);
      expect(Object.keys(operation.responses).filter((status) => !answered.has(status))).toEqual(
        [],
      );
    },
  );
});
