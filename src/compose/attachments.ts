import { createIntercomAttachments } from "../adapters/intercom/attachment-files.ts";
import { createSight, type ModelSight } from "../adapters/openai/sight.ts";
import type { Config } from "../config.ts";
import { withOpenedAttachments } from "../core/answering/opened-attachments.ts";
import type { Drafter, Log, Sight } from "../core/ports.ts";

/** What the model that drafts knows of its sight; `null` for the built-in drafter. */
export function createModelSight({ model }: Config, log: Log): ModelSight | null {
  return model === null ? null : createSight({ ...model, log });
}

const blind: Sight = { seesImages: async () => false };

/** The same drafter, shown what customers send. @param isAllowed which addresses may be asked for it */
export function withAttachments(
  drafter: Drafter,
  sight: Sight | null,
  log: Log,
  isAllowed?: (url: URL) => boolean,
): Drafter {
  const opener = createIntercomAttachments({
    clock: Date.now,
    log,
    ...(isAllowed === undefined ? {} : { isAllowed }),
  });
  return withOpenedAttachments(drafter, { opener, sight: sight ?? blind, log });
}
