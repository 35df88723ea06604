import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

/** An MCP server on 127.0.0.1, made with the protocol's own library: one tool that tells a balance. */
export async function startMcpStandIn() {
  const calls: { email: string; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const { authorization } = request.headers;
    const mcp = new McpServer({ name: "billing", version: "1" });
    mcp.registerTool("get_balance", { inputSchema: { email: z.string() } }, ({ email }) => {
      calls.push({ email, authorization });
      if (email === "broken@example.com") throw new Error("The database is down");
      const balance = { amount: 12.5, currency: "EUR", internal: { score: 3 } };
      return { content: [{ type: "text" as const, text: JSON.stringify(balance) }] };
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: false });
    response.on("close", () => void transport.close());
    await mcp.connect(transport as Parameters<McpServer["connect"]>[0]);
    await transport.handleRequest(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    /** What the tool was called with, oldest first. */
    calls,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
