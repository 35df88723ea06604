import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import { readKeptSource } from "../core/knowledge/kept-source.ts";
import { type SourcePages, sourcePath } from "../core/knowledge/source-places.ts";
import type { Log } from "../core/ports.ts";
import { isTryOut } from "../core/try-out.ts";
import type { Access } from "../http/pages/access.ts";
import { createSourceRoutes } from "../http/source/routes.ts";
import type { ServiceHelpCenter } from "./help-center.ts";

const timeoutMs = 10_000;

/**
 * Where teammates open what has no public address: at this service where it has an address and a
 * token that opens the page, and what a contact said in Intercom.
 */
export function createSourcePages(
  { publicUrl, adminToken, suggestToken }: Config,
  intercom: Intercom | null,
): SourcePages {
  const isOpenable = adminToken !== null || suggestToken !== null;
  return (source) => {
    if (source.kind === "conversation") {
      const [conversationId = ""] = source.id.split("-", 1);
      return isTryOut(source.id) ? null : (intercom?.pageOf(conversationId) ?? null);
    }
    const path = publicUrl === null || !isOpenable ? null : sourcePath(source);
    return path === null ? null : new URL(path, publicUrl ?? "").href;
  };
}

/** `/source`, over the articles and the memory. */
export function createSourcePage(ports: {
  access: Access;
  memory: AnswerMemory;
  helpCenter: ServiceHelpCenter;
  intercom: Intercom | null;
  log: Log;
}) {
  const { access, memory, helpCenter, intercom, log } = ports;
  return createSourceRoutes({
    access,
    read: (id) =>
      readKeptSource(id, {
        readArticle: helpCenter.readArticle,
        readAt: helpCenter.readAt,
        readAnswer: (answerId) => memory.readAnswer(answerId, AbortSignal.timeout(timeoutMs)),
        findUses: (sourceId) => memory.findUses(sourceId, AbortSignal.timeout(timeoutMs)),
      }),
    conversationUrl: intercom?.pageOf ?? (() => null),
    log,
  });
}
