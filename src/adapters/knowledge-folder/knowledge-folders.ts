import { statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Article, ArticleSource, KeptArticle } from "../../core/knowledge/article-refresh.ts";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { textOf } from "./file-text.ts";
import { type FoundFile, filesIn } from "./files.ts";

/** A folder with knowledge, as KNOWLEDGE_SOURCES names it. */
export type KnowledgeFolder = {
  name: string;
  path: string;
  /** For teammates only. */
  isInternal: boolean;
};

/** A folder that is not there when the service starts; the message is for whoever starts it. */
class KnowledgeFolderError extends Error {
  override readonly name = "KnowledgeFolderError";
}

/** Larger files are data, not something that anybody wrote for readers. */
const maximumBytes = 10 * 1024 * 1024;

/**
 * The files of the folders as articles, one each: Markdown, MDX, HTML and plain text.
 *
 * @throws KnowledgeFolderError when one of the folders is not there now; later that is a failed
 *   reading, which leaves what was read before
 */
export function createKnowledgeFolders(
  folders: KnowledgeFolder[],
  log: Log,
): ArticleSource<"folder"> {
  const problems = folders.flatMap(whyNoFolder);
  if (problems.length > 0) throw new KnowledgeFolderError(problems.join("\n  - "));

  return {
    async *read(_kind, signal) {
      let failure: unknown = null;
      for (const folder of folders) {
        try {
          for (const file of await filesIn(folder.path, folder.name, log)) {
            signal.throwIfAborted();
            const article = await articleIn(folder, file);
            if (article !== null) yield article;
            // Cutting a long text takes a while, and customers are answered in between.
            await turn();
          }
        } catch (cause) {
          failure ??= new UpstreamError("folder", `read ${folder.name}`, "failed", { cause });
        }
      }
      if (failure !== null) throw failure;
    },
  };

  async function articleIn(
    folder: KnowledgeFolder,
    { path, way }: FoundFile,
  ): Promise<Article | KeptArticle | null> {
    const id = `folder-${folder.name}/${way.join("/")}`;
    const file = `${folder.name}/${way.join("/")}`;
    try {
      const { size, mtimeMs } = await stat(path);
      if (size > maximumBytes) {
        log.warn({ file, bytes: size, maximumBytes }, "file left out: too large");
        return null;
      }
      const content = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
      const { problems, ...said } = textOf(content, extname(path).toLowerCase());
      for (const problem of problems) log.warn({ file }, problem);
      const { text, title, url, language } = said;
      if (text === "") {
        log.warn({ file }, "file left out: no text in it");
        return null;
      }
      return {
        id,
        articleId: id,
        title: title ?? nameOf(way),
        collections: way.slice(0, -1),
        text,
        url,
        language: language ?? (await loadLanguageOf())(text),
        updatedAt: Math.floor(mtimeMs),
        isInternal: folder.isInternal,
      };
    } catch (error) {
      log.warn({ file, error }, "file not readable (it must be UTF-8): its last good text stays");
      return { id, isKept: true };
    }
  }
}

function whyNoFolder({ name, path }: KnowledgeFolder): string[] {
  try {
    if (statSync(path).isDirectory()) return [];
    return [`KNOWLEDGE_SOURCES: ${path} (${name}) is no folder. Name the folder in which it lies.`];
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return [
      `KNOWLEDGE_SOURCES: the folder ${path} (${name}) cannot be opened: ${why}. Check the path, seen from where the service is started; a container sees only what is mounted into it.`,
    ];
  }
}

/** `reset-your_password.md` → `reset your password` */
function nameOf(way: string[]): string {
  const file = way.at(-1) ?? "";
  return file.slice(0, -extname(file).length).replace(/[-_]+/g, " ").trim() || file;
}
