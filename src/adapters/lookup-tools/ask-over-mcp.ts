import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type LookupAnswer, LookupError } from "./lookup-answer.ts";

/**
 * Calls one tool of an MCP server over streamable HTTP; what else the server has is never asked for
 * (https://modelcontextprotocol.io/specification/2025-06-18/server/tools).
 *
 * @throws LookupError where the server or the tool says that it failed
 */
export async function askOverMcp(
  { url, tool }: { url: string; tool: string },
  headers: Record<string, string>,
  values: Record<string, string>,
  signal: AbortSignal,
): Promise<LookupAnswer> {
  const client = new Client({ name: "intercom-auto-responder", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers, redirect: "error" },
  });
  try {
    // Its types allow undefined where ours do not.
    await client.connect(transport as Parameters<Client["connect"]>[0], { signal });
    const answer = await client.callTool({ name: tool, arguments: values }, undefined, { signal });
    if (answer.isError === true) throw new LookupError("the tool says that it failed");
    if (answer.structuredContent !== undefined) return { json: answer.structuredContent };
    return read(answer.content);
  } catch (error) {
    if (error instanceof LookupError) throw error;
    throw new LookupError("the MCP server gave no answer", { cause: error });
  } finally {
    await client.close().catch(() => {});
  }
}

/** The words of it; images and links to more are none. */
function read(content: unknown): LookupAnswer {
  const parts = Array.isArray(content) ? content : [];
  const text = parts
    .flatMap((part) => (part?.type === "text" && typeof part.text === "string" ? [part.text] : []))
    .join("\n");
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { text };
  }
}
