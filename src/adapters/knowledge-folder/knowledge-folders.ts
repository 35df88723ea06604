import { statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import {
  type Article,
  type ArticleSource,
  type KeptArticle,
  type SourceKind,
  sourceKind,
} from "../../core/knowledge/article-refresh.ts";
import { fileId, rowOf } from "../../core/knowledge/file-articles.ts";
import type { Log } from "../../core/ports.ts";
import { documentTexts, isDocument } from "../../lib/document-text.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { type FileText, textOf } from "../../lib/file-text.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { textParts } from "../../lib/text-parts.ts";
import { type FoundFile, filesIn } from "./files.ts";

/** A folder with knowledge, as the operator names it. */
export type KnowledgeFolder = {
  name: string;
  path: string;
  /** For teammates only. */
  isInternal: boolean;
  /** ISO 639-1, of files that do not say it; `null`: recognised. */
  language: string | null;
};

/** A folder that is not there when the service starts; the message is for whoever starts it. */
class KnowledgeFolderError extends Error {
  override readonly name = "KnowledgeFolderError";
}

/** Larger files are data, not something that anybody wrote for readers. */
const maximumBytes = 10 * 1024 * 1024;

/**
 * The files of the folders as articles: Markdown, MDX, HTML and plain text. A very long file gives
 * several, which count as one when searching.
 *
 * @param onRead told after a whole reading of a folder how many of its files could not be read
 * @throws KnowledgeFolderError when one of the folders is not there now; later that is a failed
 *   reading, which leaves what was read before
 */
export function createKnowledgeFolders(
  folders: KnowledgeFolder[],
  log: Log,
  onRead: (name: string, failing: number) => void = () => {},
): ArticleSource<SourceKind> {
  const problems = folders.flatMap(whyNoFolder);
  if (problems.length > 0) throw new KnowledgeFolderError(problems.join("\n  - "));

  /** Of each folder's files, the version that was read last: what has not changed is not cut again. */
  const versionsOf = new Map(folders.map(({ name }) => [name, new Map<string, string>()]));

  return {
    async *read(kind, signal) {
      const folder = folders.find(({ name }) => sourceKind(name) === kind);
      if (folder === undefined) return;
      const versions = versionsOf.get(folder.name) ?? new Map<string, string>();
      const before = new Map(versions);
      versions.clear();
      let failing = 0;
      try {
        for (const file of await filesIn(folder.path, folder.name, log)) {
          const onUnreadable = () => {
            failing += 1;
          };
          const articles = articlesIn(folder, file, before, versions, onUnreadable, signal);
          for await (const article of articles) {
            signal.throwIfAborted();
            yield article;
            // Cutting a long text takes a while, and customers are answered in between.
            await turn();
          }
        }
        onRead(folder.name, failing);
      } catch (error) {
        throw failed(folder, error);
      }
    },
  };

  async function* articlesIn(
    folder: KnowledgeFolder,
    { path, way }: FoundFile,
    before: ReadonlyMap<string, string>,
    versions: Map<string, string>,
    onUnreadable: () => void,
    signal: AbortSignal,
  ): AsyncIterable<Article | KeptArticle> {
    const file = `${folder.name}/${way.join("/")}`;
    const articleId = fileId(file);
    const read = await textsOf(path, file, before.get(file), signal);
    if (read === null) return;
    if ("isKept" in read) {
      yield { articleId, isKept: true };
      if (read.version === undefined) onUnreadable();
      else versions.set(file, read.version);
      return;
    }
    const { texts, version, updatedAt } = read;
    const languageOf = await loadLanguageOf();
    for (const [row, { text, title, url, ...said }] of texts.entries()) {
      const language = said.language ?? folder.language ?? languageOf(text);
      // Each question of a table is an article of its own, found beside the others.
      const rowId = texts.length === 1 ? articleId : rowOf(articleId, row + 1);
      for (const [index, part] of textParts(text).entries()) {
        yield {
          id: index === 0 ? rowId : `${rowId}#${index + 1}`,
          articleId: rowId,
          title: title ?? nameOf(way),
          collections: way.slice(0, -1),
          text: part,
          url,
          language,
          updatedAt,
          isInternal: folder.isInternal,
        };
      }
    }
    // Whoever could not store a part does not ask for what comes after it.
    versions.set(file, version);
  }

  async function textsOf(
    path: string,
    file: string,
    versionBefore: string | undefined,
    signal: AbortSignal,
  ) {
    try {
      const { size, mtimeMs, ctimeMs, ino } = await stat(path);
      if (size > maximumBytes) {
        log.warn({ file, bytes: size, maximumBytes }, "file left out: too large");
        return null;
      }
      const version = [path, size, mtimeMs, ctimeMs, ino].join(" ");
      if (version === versionBefore) return { isKept: true, version } as const;
      const read = await readTexts(await readFile(path), extname(path).toLowerCase(), signal);
      signal.throwIfAborted();
      if (read === null) {
        log.warn(
          { file },
          "file not readable (broken, locked or too large): its last good text stays",
        );
        return { isKept: true, version: undefined } as const;
      }
      for (const problem of read.flatMap(({ problems }) => problems)) log.warn({ file }, problem);
      const texts = read.filter(({ text }) => text !== "");
      if (texts.length > 0) return { texts, version, updatedAt: Math.floor(mtimeMs) };
      log.warn({ file }, "file left out: no text in it");
      return null;
    } catch (error) {
      log.warn({ file, error }, "file not readable (it must be UTF-8): its last good text stays");
      return { isKept: true, version: undefined } as const;
    }
  }
}

/** @throws where a text file is not UTF-8 */
async function readTexts(
  bytes: Buffer,
  extension: string,
  signal: AbortSignal,
): Promise<FileText[] | null> {
  if (isDocument(extension)) return documentTexts(bytes, extension, signal);
  return [textOf(new TextDecoder("utf-8", { fatal: true }).decode(bytes), extension)];
}

function failed({ name }: KnowledgeFolder, cause: unknown): UpstreamError {
  return new UpstreamError("folder", `read ${name}`, "failed", { cause });
}

function whyNoFolder({ name, path }: KnowledgeFolder): string[] {
  try {
    if (statSync(path).isDirectory()) return [];
    return [`The source “${name}”: ${path} is no folder. Name the folder in which it lies.`];
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return [
      `The source “${name}”: the folder ${path} cannot be opened: ${why}. Check the path, seen from where the service is started; a container sees only what is mounted into it.`,
    ];
  }
}

/** `reset-your_password.md` → `reset your password` */
function nameOf(way: string[]): string {
  const file = way.at(-1) ?? "";
  return file.slice(0, -extname(file).length).replace(/[-_]+/g, " ").trim() || file;
}
