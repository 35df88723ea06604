import { access, constants, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { type FoundFile, filesIn } from "../adapters/knowledge-folder/files.ts";
import type { Config } from "../config.ts";
import { type KnowledgeSource, placeOf, siteLimits } from "../core/knowledge-source.ts";
import { languageName } from "../core/language-name.ts";
import type { Log } from "../core/ports.ts";
import { UpstreamError } from "../lib/errors.ts";
import { textOf } from "../lib/file-text.ts";
import { loadLanguageOf } from "../lib/language.ts";
import { ask } from "./ask.ts";
import { type Check, createFindings, type Findings } from "./check.ts";

/** For one site with all its lists of pages. */
const siteTimeoutMs = 20_000;
/** So many files show which language a folder is in. */
const readFiles = 5;
const mostNamed = 5;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Whether each source of knowledge can be read, without reading it: its folder, its site or what the
 * token lets be seen of Intercom; and whether it is in the language that was said.
 */
export async function checkKnowledge(
  sources: KnowledgeSource[],
  config: Pick<Config, "intercom" | "knowledgeAllowedHosts">,
): Promise<Check[]> {
  const all = await Promise.all(
    sources.map(async (source) => {
      const findings = createFindings("knowledge");
      if (source.kind === "folder") await checkFolder(findings, source);
      else if (source.kind === "site") await checkSite(findings, source, config);
      else await checkOfIntercom(findings, source, config);
      return findings.checks;
    }),
  );
  return all.flat();
}

async function checkFolder(
  findings: Findings,
  source: KnowledgeSource & { kind: "folder" },
): Promise<void> {
  const { name, path } = source;
  let files: FoundFile[];
  try {
    files = await filesIn(path, name, silent);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    const hint =
      "Check the path, seen from where the service is started; a container sees only what is mounted into it.";
    findings.wrong("failed", name, `the folder ${path} cannot be opened: ${why}`, hint);
    return;
  }
  if (files.length === 0) {
    const hint =
      "Name the folder in which the Markdown, HTML, text, PDF, DOCX or CSV files lie; hidden ones are left out.";
    findings.wrong("warning", name, `the folder ${path} holds no file that can be read`, hint);
    return;
  }
  const unreadable = (await Promise.all(files.map(whyUnreadable))).flat();
  if (unreadable.length > 0) {
    const named = unreadable.slice(0, mostNamed).join(", ");
    const more = unreadable.length > mostNamed ? " …" : "";
    const hint = "Let the user that the service runs as read them.";
    const detail = `${unreadable.length} of ${files.length} files may not be read: ${named}${more}`;
    findings.wrong("warning", name, detail, hint);
    return;
  }
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  checkLanguage(findings, source, `${count} in ${path}`, await languageIn(files));
}

async function whyUnreadable({ path, way }: FoundFile): Promise<string[]> {
  try {
    await access(path, constants.R_OK);
    return [];
  } catch {
    return [way.join("/")];
  }
}

/** Of the first files that hold text; `null` where one cannot tell, or they say it themselves. */
async function languageIn(files: FoundFile[]): Promise<string | null> {
  const languageOf = await loadLanguageOf();
  const texts = files.filter(({ path }) =>
    /^\.(?:md|markdown|mdx|html?|txt)$/i.test(extname(path)),
  );
  const read = await Promise.all(
    texts.slice(0, readFiles).map(async ({ path }) => {
      try {
        const file = textOf(await readFile(path, "utf8"), extname(path).toLowerCase());
        return file.language === null ? [file.text] : [];
      } catch {
        return [];
      }
    }),
  );
  const found = read.flat().map(languageOf);
  const [first = null] = found;
  return found.every((language) => language === first) ? first : null;
}

async function checkSite(
  findings: Findings,
  source: KnowledgeSource & { kind: "site" },
  { knowledgeAllowedHosts }: Pick<Config, "knowledgeAllowedHosts">,
): Promise<void> {
  const { name, url } = source;
  const { probeSite } = await import("../adapters/knowledge-site/probe-site.ts");
  const signal = AbortSignal.timeout(siteTimeoutMs);
  const hosts = [...knowledgeAllowedHosts, ...source.hosts];
  const seen = await probeSite(source, hosts, signal).catch((error: unknown) => {
    if (error instanceof UpstreamError) return error.message.split(" → ").at(-1) ?? "no answer";
    if (signal.aborted) return `it did not answer within ${siteTimeoutMs / 1000} s`;
    throw error;
  });
  if (typeof seen === "string") {
    const hint =
      "See whether the address is right, and whether this machine reaches it: a firewall, a proxy or DNS may stand between.";
    findings.wrong("failed", name, `${url}: ${seen}`, hint);
  } else if (seen.refusal !== null) {
    const hint = "Name another address, or the host under KNOWLEDGE_ALLOWED_HOSTS.";
    findings.wrong("failed", name, `${url} is not read: ${seen.refusal}`, hint);
  } else if (!seen.isAllowed) {
    const hint =
      "Let intercom-auto-responder read it in the site's robots.txt, or name a part of it that may be read.";
    findings.wrong("failed", name, `the robots.txt of ${url} forbids reading it`, hint);
  } else if (seen.status !== 200) {
    const hint =
      "Open it in a browser that is not logged in: only pages that everybody may see are read.";
    findings.wrong("failed", name, `${url} answers ${seen.status}`, hint);
  } else if (seen.listed === null) {
    const hint = "See what its sitemap and llms.txt answer; until then nothing of it is updated.";
    findings.wrong("warning", name, `${url} answers, but its lists of pages cannot be read`, hint);
  } else {
    const most = source.limits.pages ?? siteLimits.pages.usual;
    if (seen.listed > most) {
      const hint = `Set pages for it under sources in the policy file (${siteLimits.pages.most} at most), or name a part of the site.`;
      findings.wrong(
        "warning",
        name,
        `${url} names ${seen.listed} pages, and ${most} are read`,
        hint,
      );
      return;
    }
    const pages =
      seen.listed === 0
        ? "names no pages, so it is read link by link"
        : `names ${seen.listed} ${seen.listed === 1 ? "page" : "pages"}`;
    checkLanguage(findings, source, `${url} ${pages}`, seen.saysLanguage ? null : seen.language);
  }
}

/** @param found of what does not say its language itself; `null` where one cannot tell */
function checkLanguage(
  findings: Findings,
  { name, language }: KnowledgeSource,
  detail: string,
  found: string | null,
): void {
  if (language !== null && found !== null && found !== language) {
    const said = `said to be in ${languageName(language)}, but look like ${languageName(found)}`;
    const hint = `Say language: ${found} for it, or leave the language out: it is recognised.`;
    findings.wrong("warning", name, `${detail}; its texts are ${said}`, hint);
  } else findings.ok(name, found === null ? detail : `${detail}, in ${languageName(found)}`);
}

async function checkOfIntercom(
  findings: Findings,
  source: KnowledgeSource & { kind: "intercom" },
  { intercom }: Pick<Config, "intercom">,
): Promise<void> {
  const { name, what } = source;
  if (intercom === null) {
    const hint = "Set MOCK_READS_INTERCOM=true, or leave the source out.";
    findings.wrong("warning", name, `mock mode does not read ${placeOf(source)}`, hint);
    return;
  }
  const headers = {
    authorization: `Bearer ${intercom.accessToken}`,
    "intercom-version": intercom.version,
  };
  for (const path of paths[what]) {
    const answer = await ask(`${intercom.baseUrl}${path}`, headers);
    if ("status" in answer && answer.status === 200) continue;
    const why = "noAnswer" in answer ? answer.noAnswer : `answered with ${answer.status}`;
    const isMissing = "status" in answer && answer.status === 404;
    const hint = isMissing
      ? `${intercom.version} of Intercom's API may not have it, or the workspace's plan: leave the source out, or set another INTERCOM_VERSION.`
      : `Give the app the right to read ${words[what]}, or leave the source out.`;
    const call = path.split("?", 1)[0];
    findings.wrong("warning", name, `${placeOf(source)} cannot be read: ${call} is ${why}`, hint);
    return;
  }
  findings.ok(name, `${placeOf(source)} can be read`);
}

const paths = {
  macros: ["/macros?per_page=1"],
  "external-pages": ["/ai/content_import_sources?per_page=1", "/ai/external_pages?per_page=1"],
};
const words = { macros: "macros", "external-pages": "AI content" };
