import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "../../src/lib/intercom-signature.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { startOpenAIStandIn } from "../stand-ins/openai.ts";
import { type ServiceProcess, startService } from "./service-process.ts";

export const secrets = {
  INTERCOM_ACCESS_TOKEN: "canary-intercom-token",
  INTERCOM_WEBHOOK_SECRET: "canary-webhook-secret",
  OPENAI_API_KEY: "canary-openai-key",
  ADMIN_TOKEN: "canary-admin-token-123",
};

/** The real service as a process, between stand-ins of everything that it talks to. */
export async function startWorld(environment: Record<string, string> = {}) {
  const [intercom, openai, mem0, dataDir] = await Promise.all([
    startIntercomStandIn({ accessToken: secrets.INTERCOM_ACCESS_TOKEN }),
    startOpenAIStandIn(),
    startMem0StandIn("platform"),
    mkdtemp(join(tmpdir(), "auto-responder-")),
  ]);
  const settings: Record<string, string> = {
    ...secrets,
    INTERCOM_ADMIN_ID: intercom.adminId,
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    OPENAI_BASE_URL: openai.url,
    MEM0_API_KEY: mem0.apiKey,
    MEM0_BASE_URL: mem0.url,
    REPLY_MODE: "auto",
    QUIET_PERIOD_MS: "50",
    DATA_DIR: dataDir,
    ...environment,
  };
  let service = await startService(settings);

  return {
    intercom,
    openai,
    mem0,
    settings,
    service: () => service,
    /** What `/ready` says to whoever has the token. */
    ready: (of = service) =>
      fetch(`${of.baseUrl}/ready`, {
        headers: { authorization: `Bearer ${settings.ADMIN_TOKEN}` },
      }),
    async restart() {
      service = await startService(settings);
    },
    /** Posts a truly signed notification about a part, as Intercom would. @returns the status */
    deliver: (partId: string, more: object = {}, to = service) =>
      post(to, JSON.stringify({ ...intercom.webhookFor(partId), ...more })),
    post: (body: string | Buffer, headers?: Record<string, string>) => post(service, body, headers),
    /** A customer's message that Intercom also notifies us of. */
    async ask(text: string, conversationId: string | null = null) {
      const written = intercom.customerWrites(conversationId, text, { name: "Ada Lovelace" });
      await post(service, JSON.stringify(intercom.webhookFor(written.partId)));
      return written;
    },
    /** What we said to the customer, as Intercom holds it (HTML), oldest first. */
    replies: (conversationId: string) => bodies(intercom, conversationId, "comment"),
    notes: (conversationId: string) => bodies(intercom, conversationId, "note"),
    async stop() {
      await service.kill();
      await Promise.all([intercom.stop(), openai.close(), mem0.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

function bodies(intercom: IntercomStandIn, conversationId: string, type: string): string[] {
  return intercom
    .conversation(conversationId)
    .conversation_parts.conversation_parts.filter(
      (part) => part.part_type === type && part.author.id === intercom.adminId,
    )
    .map((part) => part.body ?? "");
}

async function post(
  service: ServiceProcess,
  body: string | Buffer,
  headers?: Record<string, string>,
): Promise<number> {
  const rawBody = Buffer.from(body);
  const response = await fetch(`${service.baseUrl}/webhooks/intercom`, {
    method: "POST",
    headers: headers ?? {
      "Content-Type": "application/json",
      "X-Hub-Signature": sign(secrets.INTERCOM_WEBHOOK_SECRET, rawBody),
    },
    body: rawBody,
  });
  await response.arrayBuffer();
  return response.status;
}
