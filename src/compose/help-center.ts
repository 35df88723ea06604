import type { Intercom } from "../adapters/intercom/intercom.ts";
import { tidyImports } from "../adapters/knowledge-folder/imports.ts";
import { createDemoArticles } from "../adapters/mock/demo.ts";
import type { Config } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import {
  createArticleRefresh,
  type HelpCenterKind,
  sourceKind,
} from "../core/knowledge/article-refresh.ts";
import { withSavedReplies } from "../core/knowledge/saved-replies.ts";
import { sendableSearch } from "../core/knowledge/sendable-sources.ts";
import { type SourcePages, withArticlePages } from "../core/knowledge/source-places.ts";
import type { KnowledgeSource } from "../core/knowledge-source.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";
import type { ArticleStore } from "./article-store.ts";
import { createContradictions } from "./disagreeing.ts";
import { createExampleQuestions } from "./example-questions.ts";
import { createKnowledgeSources, importsFolder } from "./knowledge-sources.ts";
import { teamAddresses } from "./memory.ts";

const policyFileEveryMs = 2_000;
/** How often each replica says which sources it names, and looks at what others imported. */
const namedEveryMs = 60_000;
const helpCenterKinds: HelpCenterKind[] = ["published", "internal"];

/**
 * The articles as they were read last; read again at start, regularly, and when told so.
 *
 * @throws KnowledgeFolderError when a folder that is to be read is not there
 */
export function createHelpCenter(
  config: Config,
  store: ArticleStore,
  intercom: Intercom | null,
  health: DependencyHealth,
  log: Log,
  pageOf: SourcePages = () => null,
) {
  const contradictions = createContradictions(store.index, log);
  const { index } = contradictions;
  const stopping = new AbortController();
  tidyImports(importsFolder(config));
  const { imports } = store;
  const shared = imports && { imports, everyMs: namedEveryMs };
  const sources = createKnowledgeSources(config, intercom, index, log, stopping.signal, shared);
  const hasDemo = config.isMock && !config.hasOwnKnowledge;
  const demo = hasDemo ? createDemoArticles() : null;
  const source = intercom?.articles ?? demo;
  let helpCenterReadAt: number | null = null;
  const refreshHelpCenter =
    source === null
      ? async () => {}
      : createArticleRefresh({
          source,
          kinds: helpCenterKinds,
          index,
          log,
          signal: stopping.signal,
          onRead(error) {
            if (error === null) {
              helpCenterReadAt = Date.now();
              health.ok("help center");
            } else health.failing("help center", error);
          },
        }).refresh;
  const refreshNear = async () => {
    await Promise.all([refreshHelpCenter(), sources.refreshFolders()]);
  };
  const { search } = withSavedReplies(index);
  const sendable = { search: sendableSearch(search, teamAddresses) };
  return {
    search: withArticlePages(sendable, pageOf).search,
    /** An article as it is kept, whoever it is for. */
    readArticle: index.read,
    /** All articles as they are kept, whoever they are for, page by page. */
    articles: { list: index.list, holdings: index.holdings },
    /** When articles of that kind were read whole last; `null`: not since the start. */
    readAt(kind: string) {
      const source = sources.states().find(({ name }) => sourceKind(name) === kind);
      return source === undefined ? helpCenterReadAt : source.readAt;
    },
    refresh: () => void refreshHelpCenter(),
    /** What is read in a moment: not the sites, which `start` begins with. */
    load: refreshNear,
    sources: sources.states,
    imports: { states: sources.states, take: sources.take, remove: sources.removeImport },
    refreshSource: (name: string) => sources.refresh(name) !== null,
    examples: createExampleQuestions(index),
    /**
     * Mock mode answers from a site in place of the demo from now on. Never rejects: what went wrong
     * stands in `sources`.
     */
    async answerFrom(source: KnowledgeSource) {
      await dropDemo();
      await sources.add(source);
    },
    async start() {
      void followPolicyFile();
      if (demo !== null && source === demo) return;
      void sources.run();
      while (!stopping.signal.aborted) {
        await refreshHelpCenter();
        await sleep(config.articlesRefreshMs, stopping.signal);
      }
    },
    /** Articles that contradict each other, and how many were compared. */
    contradictions: contradictions.find,
    contradictionCount: contradictions.counted,
    /** Facts that articles state otherwise since they were changed, newest first. */
    changes: index.changes,
    fillVectors: index.fillVectors,
    stop() {
      stopping.abort();
      contradictions.stop();
    },
    close: index.close,
  };

  /** An edit of the policy file counts for its sources too, without anybody asking for it. */
  async function followPolicyFile(): Promise<void> {
    if (config.policyFile === null) return;
    let followed = config.policy.sources;
    while (!stopping.signal.aborted) {
      await sleep(policyFileEveryMs, stopping.signal);
      const { sources: named } = config.policy;
      if (stopping.signal.aborted || named === followed) continue;
      followed = named;
      if (named.length > 0) await dropDemo();
      void sources.follow(named);
    }
  }

  async function dropDemo(): Promise<void> {
    if (demo === null) return;
    for (const kind of helpCenterKinds) await index.keepOnly(kind, new Set(), new Set());
  }
}

export type ServiceHelpCenter = ReturnType<typeof createHelpCenter>;
