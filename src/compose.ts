import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import packageFile from "../package.json" with { type: "json" };
import { createDailyCountFile } from "./adapters/daily-count/daily-count-file.ts";
import { createIntercom, type Intercom } from "./adapters/intercom/intercom.ts";
import { createMockInbox, type MockInbox } from "./adapters/mock/mock-inbox.ts";
import { createReadingInbox } from "./adapters/mock/reading-inbox.ts";
import { tell } from "./adapters/opentelemetry/channels.ts";
import {
  createPolicyFile,
  type PolicyFile,
  type PolicyFileNews,
} from "./adapters/policy-file/policy-file.ts";
import type { Standing } from "./adapters/prometheus/prometheus-measures.ts";
import {
  createInProcessQueue,
  type InProcessQueue,
  type QueueOptions,
} from "./adapters/queue/in-process-queue.ts";
import { createAlone } from "./adapters/sqlite/alone.ts";
import { makeDataFolder } from "./adapters/sqlite/data-folder.ts";
import { openArticleStore } from "./compose/article-store.ts";
import { createAttachments } from "./compose/attachments.ts";
import { createLearning } from "./compose/backfill.ts";
import { withCheckModel } from "./compose/checker.ts";
import { createWeeklyDigest } from "./compose/digest.ts";
import { createDrafter, withCalibrationFile } from "./compose/drafter.ts";
import { createEmbedder, createVectorFilling } from "./compose/embedding.ts";
import { linkedToWhy } from "./compose/explaining.ts";
import { createFeedbackList } from "./compose/feedback.ts";
import { createForgetting } from "./compose/forgetting.ts";
import { createHelpCenter } from "./compose/help-center.ts";
import { createInsight, createInsightForgetting } from "./compose/insight.ts";
import { createKeepingTrue } from "./compose/keeping-true.ts";
import { createLabelling } from "./compose/labelling.ts";
import { createServiceLadder } from "./compose/ladder.ts";
import { createLookUps, sayUnknownNames } from "./compose/look-ups.ts";
import { withLookups } from "./compose/lookup-tools.ts";
import { createMeasuring, withMeasuredRedrafts, withMeasuredWrites } from "./compose/measuring.ts";
import { createMemory, dataFolder, loadDemo } from "./compose/memory.ts";
import { openMemoryDatabase } from "./compose/memory-database.ts";
import { createPageAccess } from "./compose/page-access.ts";
import { createReplication } from "./compose/replication.ts";
import { createAudit, createReviewsWithoutSlack } from "./compose/reviews.ts";
import { saySetup } from "./compose/say-setup.ts";
import { createShadow } from "./compose/shadow.ts";
import { createSignatureRecords } from "./compose/signatures.ts";
import { createSourcePage, createSourcePages } from "./compose/source-page.ts";
import { createStartChecks } from "./compose/start-checks.ts";
import { createSweeping } from "./compose/sweeping.ts";
import { withVoiceNotes } from "./compose/voice-notes.ts";
import { withWatchedLists } from "./compose/watched-lists.ts";
import type { Config } from "./config.ts";
import { answerConversation } from "./core/answering/answer-conversation.ts";
import { createDailyCount, type DayCount } from "./core/answering/daily-count.ts";
import type { JourneyPorts } from "./core/answering/journey.ts";
import { createObservedVersions } from "./core/answering/observed-versions.ts";
import { withOpenedAttachments } from "./core/answering/opened-attachments.ts";
import { createSweep } from "./core/answering/sweep.ts";
import { createTurnRecord } from "./core/answering/turn-record.ts";
import { createDependencyHealth, watched, withWatchedWrites } from "./core/dependency-health.ts";
import { type Explanation, explainConversation } from "./core/explaining/explain-conversation.ts";
import { createRecentJourneys } from "./core/explaining/recent-journeys.ts";
import { asksInNote, isDraftTag } from "./core/judging/draft-request.ts";
import { withGuidance } from "./core/judging/guidance.ts";
import { forgetGone } from "./core/knowledge/forget-in-intercom.ts";
import { withHelpfulArticles } from "./core/knowledge/helpful-articles.ts";
import { withAnswerPages } from "./core/knowledge/source-places.ts";
import type { SourceState } from "./core/knowledge/source-states.ts";
import type { Inbox, Log } from "./core/ports.ts";
import { withRejections } from "./core/reviewing/rejections.ts";
import type { Hint, JourneyReport } from "./core/types.ts";
import { createAdminGuard } from "./http/admin-guard.ts";
import { createApp, createMetricsApp } from "./http/app.ts";
import { createDraining } from "./http/draining.ts";
import { createFeedbackRoutes } from "./http/feedback-routes.ts";
import { createKnowledgeRoutes } from "./http/knowledge-routes.ts";
import { createMemoryRoutes } from "./http/memory/routes.ts";
import { createMetricsRoutes } from "./http/metrics-routes.ts";
import { createPageFiles } from "./http/pages/page-files.ts";
import { createSyncRoutes } from "./http/sync-routes.ts";
import { createWhyRoutes } from "./http/why-routes.ts";
import { messageText } from "./lib/message-text.ts";
import { sleep } from "./lib/sleep.ts";
import { steadyClock } from "./lib/steady-clock.ts";
import { within } from "./lib/within.ts";

const { version } = packageFile;

/** Webhooks of the mock mode are signed too, with a secret that is none. */
export const mockWebhookSecret = "mock-mode-has-no-secret";

export type Service = {
  app: RequestListener;
  /** `/metrics` alone, for METRICS_PORT; `null` where it is not set. */
  metricsApp: RequestListener | null;
  /** Takes over a connection that becomes a WebSocket, or ends it. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** To be awaited before the first request: in mock mode the demo is loaded. */
  prepare(): Promise<void>;
  /** Begins what runs by itself: the checks of the set-up and the sweep. Never waits for them. */
  start(): void;
  /** Reads the policy file again; `null` where there is none. */
  rereadPolicy: (() => void) | null;
  /** Says at `/readyz` that no new work is welcome; resolves when whoever asks there has seen it. */
  beginDraining(): Promise<void>;
  /** Lets the journeys under way finish, then lets go of everything. */
  stop(): Promise<void>;
  /** The stand-in for Intercom, in use in mock mode only. */
  mockInbox: MockInbox;
};

/** What a caller may listen to or replace; tests switch single safeguards off to prove their worth. */
export type ComposeOptions = {
  onReport?(report: JourneyReport): void;
  adjust?(ports: JourneyPorts): JourneyPorts;
  createQueue?(options: QueueOptions): InProcessQueue;
  /** Which addresses may be asked for attachments, in place of Intercom's own. */
  isAttachmentAllowed?(url: URL): boolean;
};

const dependencies = ["intercom", "writing in intercom", "help center", "model", "memory", "slack"];
const retryDelaysMs = [2_000, 10_000, 60_000];
/** A killed process is started again within that time; what it left behind is looked at once more. */
const recentMs = 600_000;
const drainTimeoutMs = 18_000;
/** For a collector that does not answer, nobody waits longer. */
const tracesTimeoutMs = 2_000;
const workspaceRetryMs = 30_000;

/**
 * Builds the service from its configuration; the only place that knows real from mock.
 *
 * @throws PromptError when the prompts cannot be used
 * @throws PolicyFileError when the policy file cannot be used
 * @throws DatabaseError when the database of MEMORY_URL cannot be used as it is
 */
export async function compose(
  given: Config,
  log: Log,
  options: ComposeOptions = {},
): Promise<Service> {
  const { createSlack, createChatPage } = await loadOptions(given);
  const { policyFile: path } = given;
  const policyFile =
    path === null ? null : createPolicyFile(path, given.policy, log, tellPolicyNews);
  const config: Config = {
    ...given,
    hasOwnKnowledge: (policyFile?.current() ?? given.policy).sources.length > 0,
    get policy() {
      return policyFile === null
        ? given.policy
        : ladder.applied(dailyCount.applied(policyFile.current()));
    },
  };
  const clock = Date.now;
  const dailyCount = createDailyCount({
    store: createDailyCountFile(dataFolder(config), () => makeDataFolder(dataFolder(config)), log),
    policy: () => policyFile?.current() ?? given.policy,
    clock,
    onSpent(count, limit) {
      log.warn({ ...count, limit }, "the day's limit is reached: people review everything");
      void slack?.tell(limitReached(count));
    },
  });
  const ladder = createServiceLadder(config, log, {
    findVerdicts: (signal) => memory.findVerdicts(signal),
    slack: () => slack,
    clock,
  });
  const startedAt = steadyClock();
  const composedAt = clock();
  const mockInbox = createMockInbox({ clock, log });
  const measuring = createMeasuring(standing, clock);
  const { measures } = measuring;
  const intercom =
    config.intercom === null
      ? null
      : createIntercom({ ...config.intercom, log, onRateLimit: measures.allowed });
  const lookUps = createLookUps(config, intercom, log);
  const embedder = createEmbedder(config, log);
  const sourcePages = createSourcePages(config, intercom);
  const database = await openMemoryDatabase(config, log, "go on");
  const stored = await createMemory(config, log, embedder, database);
  const memory = withAnswerPages(stored, sourcePages);
  const health = createDependencyHealth(
    [...dependencies, ...(config.redis === null ? [] : ["redis"])],
    clock,
  );
  const webhookSecrets = config.isMock
    ? [mockWebhookSecret]
    : (config.intercom?.webhookSecrets ?? []);
  const signatures = createSignatureRecords(webhookSecrets.length, clock);
  const localRecord = createTurnRecord();
  const localObserved = createObservedVersions(clock);
  const replication = createReplication(config, {
    observed: localObserved,
    record: localRecord,
    retryDelaysMs,
    health,
    clock,
    log,
  });
  const heard = withVoiceNotes(
    chooseInbox(config, intercom, mockInbox),
    config,
    log,
    options.isAttachmentAllowed,
  );
  const measured = withMeasuredWrites(linkedToWhy(config, lookUps.knownIn(heard)), measures);
  const inbox = withWatchedWrites(replication?.fenced(measured) ?? measured, health);
  const observed = replication?.observed ?? localObserved;
  const record = replication?.record ?? localRecord;
  const journeys = createRecentJourneys(steadyClock);
  // Those who share a Redis know of each other, and mock mode answers nobody.
  const alone = config.isMock || replication !== null ? null : createAlone(config.dataDir, log);
  const articles = await openArticleStore(config, log, embedder, database);
  const helpCenter = createHelpCenter(config, articles, intercom, health, log, sourcePages);
  const vectors = embedder && createVectorFilling([memory, helpCenter], log);
  const backfill =
    config.isMock || intercom === null ? null : createLearning(config, intercom, memory, log);
  const shadow = createShadow(config, log);
  const feedback = createFeedbackList(config, log);
  const keptBeside = [shadow, feedback, createInsightForgetting(config, log)];
  const forgetting = createForgetting(config, intercom, memory, keptBeside, log, measures.closed);
  const attachments = createAttachments(config, log, options.isAttachmentAllowed);
  const written = createDrafter(config, log, attachments.modelSight);
  const asking = withLookups(written, config, log);
  const checked = withCheckModel(asking, config, log);
  const calibrated = withCalibrationFile(checked, config, log);
  const guided = withRejections(withGuidance(calibrated, () => config.policy));
  const linked = withHelpfulArticles(guided, () => config.policy);
  const drafter = withOpenedAttachments(linked, { ...attachments, log });
  const labelling = createLabelling(config, intercom, log);
  const keepingTrue = createKeepingTrue(
    {
      memory,
      helpCenter,
      articleChanges: helpCenter.changes,
      contradictions: helpCenter.contradictions,
    },
    log,
  );
  const slack = createSlack(config, health, log, {
    queue: {
      add,
      runAlone: (conversationId, work) => queue.runAlone(conversationId, work),
    },
    inbox,
    memory,
    record,
    drafter: withMeasuredRedrafts(drafter, measures),
    measures,
    helpCenter,
    teammates: intercom?.teammates ?? null,
    clickSignatures: signatures.clicks,
    ladder,
    keepingTrue,
    onConcluded: labelling.concluded,
  });
  const audit = slack && createAudit(config, slack, intercom, ladder, log);
  const digest = createWeeklyDigest(config, { intercom, slack, memory, keepingTrue }, log);
  const doors = watched(
    {
      inbox,
      drafter,
      memory,
      reviews: slack?.reviews ?? createReviewsWithoutSlack(config, log),
    },
    health,
  );
  const journeyPorts: JourneyPorts = {
    ...doors,
    helpCenter,
    record,
    observed,
    // A journey measures and waits; what it reads of times is Intercom's.
    clock: steadyClock,
    log,
    earliestReplyAt: config.isMock ? startedAt : startedAt + config.policy.settleMs,
    onReport(report) {
      measures.ended(report);
      journeys.ended(report);
      tell.ended(report);
      dailyCount.ended(report);
      shadow.ended(report);
      feedback.ended(report);
      labelling.ended(report);
      options.onReport?.(report);
      void audit?.(report);
    },
  };
  const ports = options.adjust?.(journeyPorts) ?? journeyPorts;

  const local = (options.createQueue ?? createInProcessQueue)({
    parallel: config.parallelConversations,
    retryDelaysMs,
    log,
    async work(hint, slot) {
      const lookedAt = steadyClock();
      if (replication !== null) measures.hinted(hint);
      lookUps.expect(hint.contactId);
      // Webhooks carry HTML or plain text; turning it into text can wait until there is time.
      const about = { ...hint, text: messageText(hint.text) };
      try {
        if (replication === null) await answerConversation(about, slot, ports, config.policy);
        else {
          await replication.journey(hint.conversationId, slot, (sharedSlot, sharedRecord) =>
            answerConversation(
              about,
              sharedSlot,
              { ...ports, record: sharedRecord },
              config.policy,
            ),
          );
        }
      } catch (error) {
        measures.brokeOff();
        journeys.brokeOff(hint, lookedAt, error);
        tell.brokeOff({ hint, startedAt: lookedAt, error });
        throw error;
      }
    },
  });
  const queue = replication?.queueOver(local) ?? local;
  function add(hint: Hint): void {
    // With several replicas another one may follow it, and nobody here would hear of its end.
    if (replication === null) measures.hinted(hint);
    journeys.hinted(hint);
    tell.hinted(hint);
    queue.add(hint);
  }
  const sweep = createSweep(
    { inbox: ports.inbox, queue: { ...queue, add }, observed, clock, log },
    {
      graceMs: config.sweepGraceMs,
      maxAgeMs: config.policy.maxAgeMs,
      recentMs,
    },
  );
  const access = createPageAccess(config);
  const chat = createChatPage(config, log, {
    ...doors,
    helpCenter,
    intercom,
    access,
    lookUps,
    attachments,
  });
  const sweeping = createSweeping(
    sweep,
    config.sweepIntervalMs,
    health,
    replication?.sweepTurns ?? null,
    log,
  );
  const draining = createDraining(clock);
  let workspaceId: string | null = null;
  const startChecks = createStartChecks(config, health, log);
  const stopping = new AbortController();

  const metricsRoutes = createMetricsRoutes(measuring.read);
  const app = createApp({
    webhook: {
      secrets: webhookSecrets,
      queue: { add },
      onDelivered: measures.delivered,
      isOtherWorkspace: (appId) => workspaceId !== null && workspaceId !== appId,
      onSigned: signatures.webhooks.accepted,
      onWrongSignature: signatures.webhooks.refused,
      onArticlesChanged: helpCenter.refresh,
      asksForDraft: ({ note, tags }) => {
        const { draftOn } = config.policy;
        if (draftOn === null) return false;
        if (note !== null) return asksInNote(messageText(note), draftOn);
        // Where it is not said which tags are new, the conversation says so.
        return draftOn.tags.length > 0 && (tags?.some((name) => isDraftTag(name, draftOn)) ?? true);
      },
      onContactDeleted: forgetting.deleted,
      onContactMerged: forgetting.merged,
      async onGoneInIntercom(gone) {
        for (const kept of keptBeside) await kept.forget(gone.conversationId);
        await forgetGone(gone, memory, log);
      },
      ...(slack === null ? {} : { onHandledInIntercom: slack.closeDecidedElsewhere }),
      log,
    },
    readiness: () => ({
      isReady: ["intercom", "writing in intercom"].every(
        (name) => health.report()[name]?.state !== "failing",
      ),
      dependencies: health.report(),
      ...policyState(policyFile),
      queued: local.size(),
      oldestWaitingSeconds: secondsSince(local.oldestSince()),
      failed: journeys.failed(),
      ...(replication === null ? {} : { replicas: replication.count() }),
      ...(alone === null ? {} : { otherProcess: alone.isOtherThere() }),
      givenUp: record.givenUpCount(),
      ...knowledgeState(helpCenter, clock()),
      sweep: sweeping.state(),
      lastWebhookAt: signatures.webhooks.state().lastAcceptedAt,
      signatures: {
        webhooks: signatures.webhooks.state(),
        ...(slack?.router ? { clicks: signatures.clicks.state() } : {}),
      },
    }),
    draining,
    rawRoutes: slack === null || slack.router === null ? [] : [slack.router],
    adminGuard: config.isMock ? null : createAdminGuard(config.adminToken),
    adminRoutes: [
      createKnowledgeRoutes(helpCenter.imports),
      createFeedbackRoutes(feedback.list, intercom?.pageOf ?? (() => null)),
      createWhyRoutes(explain, log),
      createSyncRoutes(backfill && (replication?.backfillOver(backfill) ?? backfill), {
        states: helpCenter.sources,
        refresh: helpCenter.refreshSource,
      }),
      ...(config.metricsPort === null ? [metricsRoutes] : []),
    ],
    pages: [
      createPageFiles(),
      createMemoryRoutes({
        memory: withWatchedLists(memory, health),
        helpCenter,
        articleDrafts: config.isMock ? null : (intercom?.articleDrafts ?? null),
        contradictions: helpCenter.contradictions,
        articleChanges: helpCenter.changes,
        articles: helpCenter.articles,
        access,
        forgetContact: forgetting.forget,
        conversationUrl: intercom?.pageOf ?? (() => null),
        clock,
        log,
      }),
      createSourcePage({ access, memory, helpCenter, intercom, log }),
      createInsight(config, { access, memory, shadow, tried: () => chat?.tried() ?? [] }),
      ...(chat === null ? [] : [chat.routes]),
    ],
    log,
  });

  /** Whoever edits the file does not read the log; the channel's people do not read `/ready`. */
  function tellPolicyNews(news: Parameters<PolicyFileNews>[0]): void {
    void slack?.tell(policyNews(news));
  }

  async function explain(conversationId: string): Promise<Explanation> {
    const conversation = await ports.inbox.read(conversationId);
    const { isGivenUp, basePartIds } = record;
    return explainConversation(conversationId, conversation, config.policy, {
      journeys,
      isGivenUp,
      basePartIds,
      isOneOfSeveral: replication !== null,
    });
  }
  function standing(): Standing {
    const { lastAt, leftToPeople } = sweeping.state();
    return {
      version,
      mode: config.isMock ? "mock" : config.policy.replyMode,
      model: config.model?.model ?? "built-in",
      queued: local.size(),
      givenUp: record.givenUpCount(),
      leftToPeople,
      lastWebhookAt: signatures.webhooks.lastAcceptedAt(),
      lastSweepAt: lastAt === null ? null : Date.parse(lastAt),
      oldestSourceAt: oldestReadAt(helpCenter.sources(), composedAt),
      dependencies: health.report(),
    };
  }

  return {
    app,
    metricsApp: config.metricsPort === null ? null : createMetricsApp(metricsRoutes, log),
    mockInbox,
    upgrade(request, connection, head) {
      if (chat === null) connection.destroy();
      else chat.upgrade(request, connection, head);
    },
    rereadPolicy: policyFile?.reread ?? null,
    async prepare() {
      saySetup(config, log);
      if (config.metricsPort !== null) await measuring.begin();
      await replication?.open();
      if (config.isMock) await loadDemo(config, memory, helpCenter, log);
    },
    start() {
      if (!config.isMock) void sweeping.start();
      void helpCenter.start();
      vectors?.start();
      void forgetting.start();
      slack?.start();
      ladder.start();
      digest?.start();
      startChecks.start();
      if (intercom !== null) {
        void learnWorkspace(intercom, stopping.signal).then((id) => {
          workspaceId = id;
          return sayUnknownNames(config, intercom, log);
        });
      }
    },
    beginDraining: draining.begin,
    async stop() {
      stopping.abort();
      startChecks.stop();
      ladder.stop();
      digest?.stop();
      sweeping.stop();
      helpCenter.stop();
      forgetting.stop();
      backfill?.stop();
      const [unfinished] = await Promise.all([
        queue.drain(drainTimeoutMs),
        chat?.stop(),
        slack === null ? null : within(drainTimeoutMs, slack.stop()),
      ]);
      if (unfinished > 0) log.warn({ unfinished }, "stopped before all journeys had ended");
      await backfill?.settled();
      await within(tracesTimeoutMs, tell.stopping());
      await replication?.close();
      alone?.stop();
      await vectors?.stop();
      shadow.close();
      feedback.close();
      memory.close();
      await helpCenter.close();
    },
  };
}

/** What takes memory and time at the start, and only some installations use. */
async function loadOptions({ slack, isChatEnabled }: Config) {
  const none = () => null;
  return {
    createSlack: slack === null ? none : (await import("./compose/slack.ts")).createSlack,
    createChatPage: isChatEnabled ? (await import("./compose/chat-page.ts")).createChatPage : none,
  };
}

/** Which workspace the token belongs to; asked until it is known. What is wrong is said elsewhere. */
async function learnWorkspace(intercom: Intercom, signal: AbortSignal): Promise<string | null> {
  while (!signal.aborted) {
    try {
      return (await intercom.readWorkspace()).id;
    } catch {
      await sleep(workspaceRetryMs, signal);
    }
  }
  return null;
}

function limitReached({ replies, dollars }: DayCount): string {
  const cost = dollars === 0 ? "" : `, drafting has cost ${dollars.toFixed(2)} dollars`;
  return `The day's limit (daily_limit) is reached: ${replies} automatic replies${cost}. Until tomorrow every draft comes here for review.`;
}

function policyNews(news: Parameters<PolicyFileNews>[0]): string {
  return news.isUsable
    ? "The policy file can be used again and is in force."
    : `The policy file was changed and cannot be used: the last good one stays in force until it is mended.\n${news.problem}`;
}

/** By a clock that nobody sets; `null` where nothing began. */
function secondsSince(since: number | null): number | null {
  return since === null ? null : Math.round((steadyClock() - since) / 1000);
}

/** For `/ready`: whether the policy file as it is now is in force. */
function policyState(file: PolicyFile | null) {
  if (file === null) return {};
  file.current();
  const problem = file.problem();
  return { policyFile: problem === null ? "in force" : `not in force: ${problem}` };
}

/** For `/ready`: how it stands with each source, and whether articles contradict each other. */
function knowledgeState(
  helpCenter: { sources(): SourceState[]; contradictionCount(): number | null },
  now: number,
) {
  const sources = helpCenter.sources();
  const count = helpCenter.contradictionCount();
  return {
    ...(sources.length === 0 ? {} : { knowledge: sources.map((source) => withAge(source, now)) }),
    ...(count === null || count === 0
      ? {}
      : { contradictions: { articlePairs: count, see: "/memory/contradictions" } }),
  };
}

/** @param since when those that were never read whole began to wait */
function oldestReadAt(sources: SourceState[], since: number): number | null {
  return sources.length === 0 ? null : Math.min(...sources.map(({ readAt }) => readAt ?? since));
}

function withAge(source: SourceState, now: number) {
  const { readAt } = source;
  return { ...source, ageSeconds: readAt === null ? null : Math.round((now - readAt) / 1000) };
}

/** In mock mode only reading reaches Intercom; writing stays in the mock. */
function chooseInbox(config: Config, intercom: Intercom | null, mockInbox: MockInbox): Inbox {
  if (intercom === null) return mockInbox;
  return config.isMock ? createReadingInbox(mockInbox, intercom.inbox.read) : intercom.inbox;
}
