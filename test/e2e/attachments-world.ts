import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import type { JourneyReport } from "../../src/core/types.ts";
import { sign } from "../../src/lib/intercom-signature.ts";
import { startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startOpenAIStandIn } from "../stand-ins/openai.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const secret = "webhook-secret";

/**
 * The service in this process, so that it may fetch attachments from here: a signed webhook goes in, and
 * what counts is what the model was shown and what Intercom then holds.
 */
export async function startAttachmentsWorld() {
  const reports: JourneyReport[] = [];
  const files = new Map<string, Buffer>();
  const ends: (() => unknown)[] = [];
  const [intercom, openai] = await Promise.all([startIntercomStandIn(), startOpenAIStandIn()]);
  const origin = await listen((request, response) => {
    const file = files.get(request.url?.replace(/^\/|\?.*/g, "") ?? "");
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  const dataDir = await mkdtemp(join(tmpdir(), "attachments-"));
  const config = loadConfig({
    INTERCOM_ACCESS_TOKEN: intercom.accessToken,
    INTERCOM_WEBHOOK_SECRET: secret,
    INTERCOM_ADMIN_ID: intercom.adminId,
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    OPENAI_API_KEY: "sk-test",
    OPENAI_BASE_URL: openai.url,
    TRANSCRIPTION_MODEL: "gpt-4o-mini-transcribe",
    REPLY_MODE: "auto",
    QUIET_PERIOD_MS: "0",
    DATA_DIR: dataDir,
  });
  const service = await compose(config, createRecordingLog(), {
    onReport: (report) => reports.push(report),
    isAttachmentAllowed: (url) => url.origin === origin,
  });
  await service.prepare();
  const address = await listen(service.app);

  async function listen(handle: Parameters<typeof createServer>[1]): Promise<string> {
    const server = createServer(handle).listen(0, "127.0.0.1");
    await once(server, "listening");
    ends.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  return {
    openai,
    /** What is served at `origin`, by name. */
    files,
    origin,
    /** A customer sends that HTML with files of those names and types, and it is waited for what comes of it. */
    async send(html: string, attached: (readonly [name: string, contentType: string])[] = []) {
      openai.requests.length = 0;
      const { conversationId, partId } = intercom.customerWrites(null, "Hm?", { name: "Ada" });
      const { source } = intercom.conversation(conversationId);
      source.body = html;
      source.attachments = attached.map(([name, content_type]) => {
        const url = `${origin}/${name}?expires=4000000000&signature=a`;
        return { type: "upload", name, url, content_type, filesize: 1, width: null, height: null };
      });
      const body = JSON.stringify(intercom.webhookFor(partId));
      const headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature": sign(secret, Buffer.from(body)),
      };
      await fetch(`${address}/webhooks/intercom`, { method: "POST", headers, body });
      const { decision } = await vi.waitFor(() => reportOn(conversationId), {
        timeout: 20_000,
        interval: 20,
      });
      const drafted = openai.requests.filter(({ messages }) => messages.length > 1);
      const { conversation_parts: written } =
        intercom.conversation(conversationId).conversation_parts;
      const bodiesOf = (type: string) =>
        written.filter(({ part_type }) => part_type === type).map((part) => part.body ?? "");
      return {
        decision,
        /** How many images came with each request for the draft. */
        images: drafted.map((request) => request.images?.length ?? 0),
        prompt: drafted[0]?.messages[1]?.content ?? "",
        notes: bodiesOf("note"),
        replies: bodiesOf("comment"),
      };
    },
    async stop() {
      await service.stop();
      for (const end of ends) end();
      await Promise.all([intercom.stop(), openai.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };

  function reportOn(conversationId: string): JourneyReport {
    const found = reports.find((one) => one.conversationId === conversationId);
    if (found === undefined) throw new Error("nothing yet");
    return found;
  }
}
