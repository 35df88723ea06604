import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fetchMem0 } from "../../src/adapters/mem0/mem0-fetch.ts";
import { createClient } from "../../src/adapters/openai/client.ts";

let server: Server | null = null;
afterEach(() => void server?.close());

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const question = { model: "a-model", messages: [{ role: "user" as const, content: "Hi" }] };
const calls = {
  "the model": (url: string) =>
    createClient({ apiKey: null, baseUrl: url, timeoutMs: 2_000 }).chat.completions.create(
      question,
    ),
  Mem0: (url: string) =>
    fetchMem0(
      `${url}/search`,
      { method: "POST", headers: {}, body: "{}", isRepeatable: false },
      2_000,
      new AbortController().signal,
    ),
};

describe.each(Object.entries(calls))("calls to %s", (_name, call) => {
  it("ask for an answer that is not compressed, which nothing would unpack", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers);
      response.setHeader("Content-Type", "application/json").end('{"choices":[]}');
    });
    expect(await call(url)).toMatchObject({ choices: [] });
    expect(seen).toMatchObject([{ "accept-encoding": "identity" }]);
  });

  it("do not carry the customer's text to where a redirect points", async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { Location: "/elsewhere" }).end();
    });
    await expect(call(url)).rejects.toMatchObject({ status: 307 });
    expect(paths).toHaveLength(1);
    expect(paths).not.toContain("/elsewhere");
  });
});
