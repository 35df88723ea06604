import { statSync } from "node:fs";
import { join } from "node:path";
import type { Log, Prompts } from "../../core/ports.ts";
import { fileNames, loadPrompts, PromptError } from "./prompts.ts";

/**
 * Prompts that are read again whenever one of their files has changed, for whoever is writing them.
 *
 * Unlike `loadPrompts`, an unusable template stops nothing: each call throws its PromptError
 * until the file is put right.
 */
export function createReloadingPrompts(
  directory: string,
  tokenBudget: number,
  log: Log,
  teamLanguage: string | null = null,
  hasExamples = false,
): Prompts {
  const readAll = () => loadPrompts(directory, tokenBudget, teamLanguage, hasExamples);
  let read = { version: "", prompts: null as Prompts | null, error: null as PromptError | null };
  const current = (): Prompts => {
    const version = versionOf(directory);
    if (version !== read.version) read = { version, ...load(directory, readAll, log) };
    if (read.prompts === null) throw read.error ?? new PromptError("The prompts cannot be used.");
    return read.prompts;
  };
  return {
    render: (request) => current().render(request),
    hash: () => current().hash(),
  };
}

function load(directory: string, readAll: () => Prompts, log: Log) {
  try {
    const prompts = readAll();
    log.info({ directory }, "prompts read");
    return { prompts, error: null };
  } catch (error) {
    if (!(error instanceof PromptError)) throw error;
    log.warn({ error }, "prompts cannot be used");
    return { prompts: null, error };
  }
}

/** Another text whenever a file was written, removed or put back. */
function versionOf(directory: string): string {
  const versions = fileNames.map((name) => {
    const file = statSync(join(directory, name), { throwIfNoEntry: false });
    return file === undefined ? "none" : `${file.mtimeMs}/${file.size}`;
  });
  return versions.join(" ");
}
