import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Scripted = {
  status?: number;
  body?: object;
  headers?: Record<string, string>;
  /** Takes the request and cuts the connection. */
  drops?: boolean;
};

/** A server on a free port that answers each path as a test says, and 404 everywhere else. */
export async function startScriptedServer(script: Record<string, Scripted>) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    seen.push(`${request.method} ${path}`);
    const {
      status = 200,
      body = {},
      headers = {},
      drops = false,
    } = script[path] ?? { status: 404 };
    if (drops) request.socket.destroy();
    else {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** `GET /me`, in the order of arrival. */
    seen,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
