import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose, mockWebhookSecret } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import type { JourneyReport } from "../../src/core/types.ts";
import { sign } from "../../src/lib/intercom-signature.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

/**
 * Mock mode as somebody tries it out, without any account, set to answer by itself: from a signed
 * webhook to what becomes of it.
 *
 * @param knowledge what KNOWLEDGE_SOURCES, KNOWLEDGE_ALLOWED_HOSTS and POLICY_FILE say, and how often
 *   it is read again
 */
export async function startDemo(knowledge?: {
  sources?: string;
  hosts?: string;
  policyFile?: string;
  refreshMs: number;
}) {
  const dataDir = mkdtempSync(join(tmpdir(), "demo-"));
  const config = loadConfig({
    MOCK_MODE: "true",
    REPLY_MODE: "auto",
    QUIET_PERIOD_MS: "0",
    DATA_DIR: dataDir,
    KNOWLEDGE_SOURCES: knowledge?.sources,
    KNOWLEDGE_ALLOWED_HOSTS: knowledge?.hosts,
    POLICY_FILE: knowledge?.policyFile,
  });
  const articlesRefreshMs = knowledge?.refreshMs ?? config.articlesRefreshMs;
  const log = createRecordingLog();
  const waiting = new Map<string, (report: JourneyReport) => void>();
  const service = await compose({ ...config, articlesRefreshMs, isChatEnabled: false }, log, {
    onReport: (report) => waiting.get(report.conversationId)?.(report),
  });
  await service.prepare();
  if (knowledge !== undefined) service.start();
  const server = createServer(service.app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    log,
    url: `http://127.0.0.1:${port}`,
    /** A new customer writes that and nothing else. */
    ask: async (question: string): Promise<JourneyReport> => {
      const conversationId = service.mockInbox.open({ id: "somebody", name: null });
      const part = service.mockInbox.customerWrites(conversationId, question);
      const reported = new Promise<JourneyReport>((resolve) => {
        waiting.set(conversationId, resolve);
      });
      const source = { id: part.id, body: part.text, author: part.author };
      const item = { id: conversationId, source };
      const body = JSON.stringify({ topic: "conversation.user.created", data: { item } });
      await fetch(`http://127.0.0.1:${port}/webhooks/intercom`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Hub-Signature": sign(mockWebhookSecret, Buffer.from(body)),
        },
        body,
      });
      return reported;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await service.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
