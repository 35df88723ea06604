import { createServer } from "node:http";
import express from "express";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { createInProcessQueue } from "../../../src/adapters/queue/in-process-queue.ts";
import { createSlackReviews } from "../../../src/adapters/slack/slack-reviews.ts";
import { act } from "../../../src/core/answering/act.ts";
import { createTurnRecord } from "../../../src/core/answering/turn-record.ts";
import type { AnswerMemory, RememberedAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import type { AuditedSent, DecidedCard } from "../../../src/core/measures.ts";
import type { Memory, RememberedTurn } from "../../../src/core/ports.ts";
import { createAuditSample } from "../../../src/core/reviewing/audit-sample.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type {
  Decision,
  Draft,
  Hint,
  NoDraft,
  ReviewReason,
  Source,
} from "../../../src/core/types.ts";
import { createApp } from "../../../src/http/app.ts";
import { createDraining } from "../../../src/http/draining.ts";
import { unknownLinks } from "../../../src/lib/links.ts";
import { createLog } from "../../../src/lib/log.ts";
import { sleep } from "../../../src/lib/sleep.ts";
import { draft, policy } from "../../fixtures/conversations.ts";
import { nothingYet } from "../../fixtures/readiness.ts";

/**
 * The reviews as a process of their own, to be killed: the real HTTP edge, real Bolt, the real
 * Intercom adapter and queue. Only the journey is shortened: `POST /test/review` posts the card and
 * the note for a draft that the test brings along.
 */
const log = createLog("info");
const settings = JSON.parse(process.env.SETTINGS ?? "{}") as {
  intercom: { baseUrl: string; accessToken: string; adminId: string };
  slack: {
    botToken: string;
    signingSecret: string;
    channelId: string;
    apiUrl: string;
    appToken: string | null;
  };
  reviewers: string[];
  reminderMinutes: number;
  escalationGroup: string | null;
};
const rules = { ...policy, settleMs: 100 };
const hints: Hint[] = [];
const answers: RememberedAnswer[] = [];
const turns: RememberedTurn[] = [];
const decided: DecidedCard[] = [];
const closed: string[] = [];
const audited: AuditedSent[] = [];
const health = { state: "not tried yet", detail: "" };

const { inbox, teammates } = createIntercom({
  ...settings.intercom,
  version: "2.16",
  appUrl: "https://app.intercom.com",
  log,
});
const queue = createInProcessQueue({
  parallel: 8,
  retryDelaysMs: [],
  log,
  work: async (hint) => void hints.push(hint),
});
const memory: Memory & Pick<AnswerMemory, "rememberAnswers" | "findAnswers" | "findConversation"> =
  {
    findConversation: async () => ({ answers: [], turns }),
    findAnswers: async () =>
      answers.map((answer, index) => ({ ...answer, id: `a${index}`, score: null })),
    recallAnswers: async () => [],
    recallConversations: async () => [],
    rememberAnswers: async (more) => {
      answers.push(...more);
      return more.map(() => "id");
    },
    rememberTurns: async (more) => void turns.push(...more),
  };
const slack = createSlackReviews({
  ...settings.slack,
  reviewers: settings.reviewers,
  reminderMinutes: settings.reminderMinutes,
  escalationGroup: settings.escalationGroup,
  teammates,
  insightUrl: null,
  memoryUrl: null,
  knowledgeToDo: () => null,
  answerLadder: async () => null,
  onConcluded: () => {},
  onAudited: (sent) => void audited.push(sent),
  clickSignatures: { accepted() {}, refused() {} },
  redraftPorts: {
    // A model that does as it is told, unless it is told to fail or to hang.
    drafter: {
      async draft({ revision }, signal) {
        const instruction = revision?.instruction ?? "";
        if (instruction === "fail") {
          return { noDraft: { reason: "model-unavailable", explanation: "the model is down" } };
        }
        if (instruction === "hang") await sleep(60_000, signal);
        const reply = `${instruction}: ${revision?.draft ?? ""}`;
        return { draft: draft({ reply, unknownLinks: unknownLinks(reply, []) }) };
      },
    },
    memory,
    helpCenter: { search: async () => [] },
  },
  overviewPorts: { inbox, memory },
  policy: () => rules,
  queue,
  settlePorts: {
    inbox,
    memory,
    queue,
    record: createTurnRecord(),
    rest: (ms) => sleep(ms),
    clock: Date.now,
    log,
  },
  measures: {
    decided: (card) => void decided.push(card),
    closed: (cardId) => void closed.push(cardId),
  },
  onOk: () => Object.assign(health, { state: "ok", detail: "" }),
  onFailing: (error) => Object.assign(health, { state: "failing", detail: error.message }),
  log,
});

const testRoutes = express.Router();
testRoutes.use("/test", express.json({ limit: "1mb" }));
testRoutes.post("/test/review", async (request, response) => {
  const {
    conversationId,
    reason,
    more,
    noDraft,
    found = [],
  } = request.body as {
    conversationId: string;
    reason: ReviewReason;
    more: Partial<Draft>;
    noDraft?: NoDraft;
    found?: Source[];
  };
  const decision: Decision =
    noDraft === undefined ? { action: "review", reason } : { action: "note", reason: "no-draft" };
  const outcome = await queue.runAlone(conversationId, async () => {
    const conversation = await inbox.read(conversationId);
    const turn = conversation && unansweredTurn(conversation);
    if (conversation === null || turn === null) return null;
    return act(
      {
        conversation,
        turn,
        drafting: noDraft === undefined ? { draft: draft(more) } : { noDraft },
        decision,
        found,
      },
      {
        inbox,
        reviews: slack.reviews,
        slot: { rest: (ms) => sleep(ms) },
        onCardFailed: (error) => log.warn({ error }, "review card failed"),
        onHandOffRefused: () => {},
      },
      rules,
    );
  });
  response.json(outcome);
});
testRoutes.post("/test/audit", async (request, response) => {
  const { conversationId, replyId, more } = request.body as {
    conversationId: string;
    replyId: string;
    more: Partial<Draft>;
  };
  const sample = createAuditSample({
    percentFor: () => 100,
    random: Math.random,
    inbox,
    post: slack.postAudit,
    log,
  });
  await sample({
    conversationId,
    from: "webhook",
    startedAt: 0,
    channel: null,
    turn: null,
    recall: null,
    drafting: { draft: draft(more) },
    decision: { action: "reply", reason: "confident" },
    outcome: { kind: "replied", replyId },
    unseen: null,
    steps: [],
  });
  response.json({});
});
testRoutes.post("/test/closed-elsewhere", async (request, response) => {
  const { conversationId } = request.body as { conversationId: string };
  await slack.closeDecidedElsewhere(conversationId);
  response.json({});
});
testRoutes.get("/test/state", (_request, response) => {
  response.json({ hints, answers, turns, decided, closed, audited, health });
});

const app = createApp({
  webhook: { secrets: ["unused"], queue, isOtherWorkspace: () => false, log },
  readiness: () => nothingYet,
  draining: createDraining(Date.now),
  adminGuard: null,
  ...(slack.router === null ? {} : { rawRoutes: [slack.router] }),
  adminRoutes: [],
  pages: [testRoutes],
  log,
});
const server = createServer(app);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  slack.start();
  log.info({ port: typeof address === "object" ? address?.port : 0 }, "listening");
});
