import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ShadowFile } from "../adapters/shadow-file/shadow-file.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import type { Config } from "../config.ts";
import type { Log } from "../core/ports.ts";
import type { JourneyReport } from "../core/types.ts";
import { createRedact } from "../lib/redact.ts";
import { dataFolder } from "./memory.ts";

/** The drafts in the shadow as the service and the commands have them. */
export type Shadow = {
  /** Keeps the draft of a journey in the shadow; of any other, does nothing. Never throws. */
  ended(report: JourneyReport): void;
  /** The file, if there is one. */
  ifThere(): Promise<ShadowFile | null>;
  /** Removes what is kept of that conversation; never throws. */
  forget(conversationId: string): Promise<void>;
  /** Removes what is older than that time (ms). @throws Error where the file cannot be used */
  forgetBefore(time: number): Promise<void>;
  close(): void;
};

/** Nothing is loaded or opened before the first draft in the shadow. */
export function createShadow(config: Config, log: Log): Shadow {
  const folder = dataFolder(config);
  const redact = createRedact(config.redactPatterns);
  let file: ShadowFile | null = null;

  async function open(): Promise<ShadowFile> {
    const { createShadowFile } = await import("../adapters/shadow-file/shadow-file.ts");
    file ??= createShadowFile(folder, () => makeDataFolder(folder), log);
    return file;
  }

  async function keep(report: JourneyReport): Promise<void> {
    const { shadowDraftOf } = await import("../core/proving/shadow.ts");
    const draft = shadowDraftOf(report, redact);
    if (draft !== null) (await open()).keep(draft);
  }

  async function ifThere(): Promise<ShadowFile | null> {
    return existsSync(join(folder, "shadow.sqlite")) ? open() : null;
  }

  return {
    ended(report) {
      if (report.decision?.reason === "shadow-mode") void keep(report);
    },
    ifThere,
    async forget(conversationId) {
      try {
        (await ifThere())?.forgetConversation(conversationId);
      } catch (error) {
        log.error({ conversationId, error }, "a draft in the shadow is not removed yet");
      }
    },
    forgetBefore: async (time) => (await ifThere())?.forgetBefore(time),
    close: () => file?.close(),
  };
}
