import { createIntercomAttachments } from "../adapters/intercom/attachment-files.ts";
import { createSight, type ModelSight } from "../adapters/openai/sight.ts";
import type { Config } from "../config.ts";
import type { AttachmentOpener, Log, Sight } from "../core/ports.ts";

/** How what customers send is opened, and whether the model is shown images. */
export type Attachments = {
  opener: AttachmentOpener;
  sight: Sight;
  /** The same, for the model to tell how its server takes images; `null` for the built-in drafter. */
  modelSight: ModelSight | null;
};

const blind: Sight = { seesImages: async () => false };

/** @param isAllowed which addresses may be asked for attachments, in place of Intercom's own */
export function createAttachments(
  { model }: Config,
  log: Log,
  isAllowed?: (url: URL) => boolean,
): Attachments {
  const opener = createIntercomAttachments({
    clock: Date.now,
    log,
    ...(isAllowed === undefined ? {} : { isAllowed }),
  });
  const modelSight = model === null ? null : createSight({ ...model, log });
  return { opener, sight: modelSight ?? blind, modelSight };
}
