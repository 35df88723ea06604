import { fileURLToPath } from "node:url";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { fits } from "../../core/knowledge/answer-filter.ts";
import type { AnswerMemory, StoredAnswer } from "../../core/knowledge/answer-memory.ts";
import { tallyOf, usesIn } from "../../core/knowledge/answer-uses.ts";
import type { ArticleChange } from "../../core/knowledge/article-changes.ts";
import type { ArticleIndex } from "../../core/knowledge/article-refresh.ts";
import type { Contradiction } from "../../core/knowledge/contradictions.ts";
import {
  acceptSuggestion,
  type Changed,
  type Doer,
  editAnswer,
  mergeInto,
  restoreAnswer,
  retireAnswer,
  standsFor,
  typedAnswer,
  undoChange,
} from "../../core/knowledge/curation.ts";
import type { ForgottenContact } from "../../core/knowledge/forget-contact.ts";
import { forgetForGood } from "../../core/knowledge/forgotten-answers.ts";
import { answerSource } from "../../core/knowledge/memory-sources.ts";
import { neighboursOf } from "../../core/knowledge/neighbours.ts";
import { outdatedBy } from "../../core/knowledge/outdated.ts";
import { queryFrom, recall } from "../../core/knowledge/recall.ts";
import {
  kindWords,
  linkFromHere,
  placeWords,
  sourcePath,
} from "../../core/knowledge/source-places.ts";
import { whyFound } from "../../core/knowledge/why-found.ts";
import type { ArticleDrafts, Clock, HelpCenter, Log } from "../../core/ports.ts";
import { isTryOut } from "../../core/try-out.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { Access, Role } from "../pages/access.ts";
import { createGuard, createLoginRoutes, createPage } from "../pages/login.ts";
import { filesIn } from "../pages/page-files.ts";
import { securityHeaders } from "../pages/security-headers.ts";
import { wantsPage } from "../pages/small-page.ts";
import { csvHead, csvLine, type ImportedRow, readAnswerCsv } from "./answer-csv.ts";
import {
  articleForm,
  articlesForm,
  bulkForm,
  contactForm,
  doerForm,
  editForm,
  exportForm,
  importForm,
  listForm,
  mergeForm,
  newForm,
  recallForm,
  suggestionForm,
  toArticleFilter,
  toFilter,
} from "./forms.ts";
import { refusals, sentences, wrongBody, wrongQuery, wrongTexts } from "./wording.ts";

/** Longer than a recall may take: nobody waits on these pages for a reply. */
const timeoutMs = 10_000;

export type MemoryRoutesOptions = {
  memory: AnswerMemory;
  helpCenter: HelpCenter;
  /** Articles that contradict each other, and how many were compared. */
  contradictions(): Promise<{ contradictions: Contradiction[]; articles: number }>;
  /** Facts that articles state otherwise since they were changed, newest first. */
  articleChanges(limit: number): Promise<ArticleChange[]>;
  /** The articles themselves, whoever they are for. */
  articles: Pick<ArticleIndex, "list" | "holdings">;
  /** Where an article can be begun; `null` where there is no such place. */
  articleDrafts: ArticleDrafts | null;
  access: Access;
  /** Removes everything that is stored of a contact. @throws UpstreamError */
  forgetContact(contactId: string): Promise<ForgottenContact>;
  /** Where teammates see a conversation; `null` where there is none. */
  conversationUrl(conversationId: string): string | null;
  clock: Clock;
  log: Log;
};

/**
 * `/memory` and below: what people see of the answer memory and change in it, as `docs/openapi.yaml`
 * describes it. Looking and suggesting is for readers too, everything else for the admin.
 */
export function createMemoryRoutes(options: MemoryRoutesOptions): Router {
  const { access } = options;
  const routes = Router();
  routes.use("/memory", securityHeaders);
  // The page's own files hold no secrets.
  routes.use("/memory/page", filesIn(pageDirectory));
  routes.use(createLoginRoutes(access, login));
  const page = createPage(access, pageDirectory, { ...login, role: "reader" });
  routes.get("/memory", (request, response, next) => {
    // The same address gives programs the list.
    response.vary("Accept");
    if (wantsPage(request)) page(request, response, next);
    else next();
  });
  routes.use("/memory", createGuard(access, "reader"));
  addLooking(routes, options);
  routes.post("/memory/suggestions", json, suggesting(options));
  routes.use("/memory", createGuard(access));
  addChanging(routes, options);
  addForgetting(routes, options);
  return routes;
}

const pageDirectory = fileURLToPath(new URL("./page", import.meta.url));

const login = {
  page: "/memory",
  about:
    "This page shows what is remembered, and where it is kept true. ADMIN_TOKEN opens all of it; with SUGGEST_TOKEN you may look and suggest.",
  tokens: "ADMIN_TOKEN or SUGGEST_TOKEN",
  // Slack's home and the digest lead here.
  lands: "",
};

const json = express.json({ limit: "1mb" });
const csv = express.text({ type: ["text/csv", "text/plain"], limit: "2mb" });
/** For many answers: each may be embedded, and in Mem0 each is several requests. */
const manyTimeoutMs = 120_000;
/** As an admin or a reader who did not say their name. */
const unnamed: Record<Role, string> = { admin: "an admin", reader: "a reader" };

function addLooking(routes: Router, options: MemoryRoutesOptions): void {
  const { memory, helpCenter, access, conversationUrl, log } = options;
  const view = (answer: StoredAnswer) => ({
    ...answer,
    standsFor: standsFor(answer),
    conversationUrl: urlOf(answer.conversationId),
  });
  const urlOf = (conversationId: string | null) =>
    conversationId === null || isTryOut(conversationId) ? null : conversationUrl(conversationId);

  /** What the store can do, and who asks. */
  const standing = (request: Request) => ({
    abilities: memory.abilities,
    role: access.roleOf(request.headers),
    canLogOut: access.needsLogin,
  });

  routes.get("/memory", async (request, response) => {
    const query = listForm.safeParse(request.query);
    if (!query.success) return refuse(response, 400, wrongQuery(query.error));
    const { q, limit, after = null } = query.data;
    const filter = toFilter(query.data);
    await answering(response, log, async (signal) => {
      const about = standing(request);
      if (q) {
        const found = await memory.findAnswers(q, limit, signal);
        const answers = found.filter((answer) => fits(answer, filter)).map(view);
        response.json({ answers, total: answers.length, next: null, ...about });
        return;
      }
      const { answers, total, next } = await memory.listAnswers(filter, { limit, after }, signal);
      response.json({
        answers: answers.map((answer) => ({ ...view(answer), uses: answer.uses })),
        total,
        next,
        ...about,
      });
    });
  });

  routes.get("/memory/articles", async (request, response) => {
    const query = articlesForm.safeParse(request.query);
    if (!query.success) return refuse(response, 400, wrongQuery(query.error));
    const { limit, after = null } = query.data;
    await answering(response, log, async () => {
      const [page, holdings] = await Promise.all([
        options.articles.list(toArticleFilter(query.data), { limit, after }),
        options.articles.holdings(),
      ]);
      response.json({
        articles: page.articles.map((article) => ({
          ...article,
          place: placeWords(article),
          page: sourcePath({ id: article.id, kind: "article" }),
        })),
        total: page.total,
        next: page.next,
        sources: holdings.map((held) => ({ ...held, name: kindWords(held.kind) })),
        ...standing(request),
      });
    });
  });

  routes.get("/memory/recall", async (request, response) => {
    const query = recallForm.safeParse(request.query);
    if (!query.success) return refuse(response, 400, wrongQuery(query.error));
    await answering(response, log, async () => {
      const { q, ...asker } = query.data;
      const nobody = { contactId: null, inConversation: "", asker: withoutUndefined(asker) };
      const asked = queryFrom(q);
      const found = await recall(asked, nobody, { memory, helpCenter });
      const sources = found.sources.map((source) => ({
        ...source,
        page: linkFromHere(source),
        why: whyFound(found.query, source),
      }));
      response.json({ ...found, sources });
    });
  });

  routes.get("/memory/contradictions", async (_request, response) => {
    await answering(response, log, async () => {
      response.json(await options.contradictions());
    });
  });

  routes.get("/memory/suggested", async (_request, response) => {
    await answering(response, log, async (signal) => {
      // Most processes never look.
      const { findSuggested } = await import("../../core/learning/keeping-true.ts");
      const found = await findSuggested({ memory, helpCenter, pause: nextTick }, signal);
      const canBeginArticles = options.articleDrafts !== null;
      response.json({ ...found, canBeginArticles });
    });
  });

  routes.get("/memory/outdated", async (_request, response) => {
    await answering(response, log, async (signal) => {
      const { findOvertaken } = await import("../../core/learning/keeping-true.ts");
      const { outdated, changes } = await findOvertaken(options, signal);
      response.json({
        outdated: outdated.map((one) => ({ ...one, answer: view(one.answer) })),
        changes,
      });
    });
  });

  routes.get("/memory/export", async (request, response) => {
    const query = exportForm.safeParse(request.query);
    if (!query.success) return refuse(response, 400, wrongQuery(query.error));
    const { format } = query.data;
    const filter = toFilter(query.data);
    const pageAfter = (after: string | null, signal: AbortSignal) =>
      memory.listAnswers(filter, { limit: exportedAtOnce, after }, signal);
    await answering(response, log, async (signal) => {
      let page = await pageAfter(null, signal);
      // Only now, when the memory has answered, is it known that there will be a file.
      response.attachment(`answers.${format}`).type(format === "csv" ? "text/csv" : "json");
      if (format === "csv") response.write(csvHead);
      else response.write('{"answers":[');
      let isFirst = true;
      for (;;) {
        for (const answer of page.answers) {
          const separator = isFirst ? "" : ",";
          response.write(
            format === "csv"
              ? csvLine(answer)
              : separator + JSON.stringify({ ...view(answer), uses: answer.uses }),
          );
          isFirst = false;
        }
        if (page.next === null) break;
        page = await pageAfter(page.next, AbortSignal.timeout(timeoutMs));
      }
      response.end(format === "csv" ? "" : "]}");
    });
  });

  routes.get("/memory/:id", async (request, response) => {
    await answering(response, log, async (signal) => {
      const answer = await memory.readAnswer(request.params.id, signal);
      if (answer === null || answer.status === "forgotten") {
        return refuse(response, 404, sentences.noSuchAnswer);
      }
      const [stored, neighbours, outdated] = await Promise.all([
        memory.findUses(answer.id, signal),
        neighboursOf(answer, memory, signal),
        answer.status === "answer" ? outdatedNow(answer, signal) : null,
      ]);
      const uses = usesIn(stored);
      response.json({
        answer: view(answer),
        tally: tallyOf(uses),
        uses: uses
          .slice(0, mostUses)
          .map((use) => ({ ...use, conversationUrl: urlOf(use.conversationId) })),
        neighbours: neighbours.map(({ answer: other, saysTheSame }) => ({
          ...view(other),
          saysTheSame,
        })),
        outdated,
        abilities: memory.abilities,
      });
    });
  });

  /** As its own question would show it; articles that cannot be asked say nothing. */
  async function outdatedNow(answer: StoredAnswer, signal: AbortSignal) {
    try {
      const articles = await helpCenter.search(
        queryFrom(answer.question),
        { limit: mostArticles },
        signal,
      );
      return outdatedBy(answerSource(answer), articles);
    } catch (error) {
      log.warn({ error }, "articles not asked about an answer");
      return null;
    }
  }
}

/** As many as a draft is written from. */
const mostArticles = 5;
const exportedAtOnce = 500;
const nextTick = () => new Promise<void>((resolve) => setImmediate(resolve));
/** Beyond that nobody reads on; the tally counts them all. */
const mostUses = 50;

function suggesting({ memory, access, clock, log }: MemoryRoutesOptions): RequestHandler {
  return async (request, response) => {
    const body = suggestionForm.safeParse(request.body);
    if (!body.success) return refuse(response, 400, wrongTexts(body.error));
    const { question, answer, language = null, url = null, for: suggestedFor, by } = body.data;
    await answering(response, log, async (signal) => {
      const role = access.roleOf(request.headers) ?? "reader";
      const doer = { by: by ?? unnamed[role], at: clock() };
      const typed = { question, answer, language, url, suggestedFor };
      if (suggestedFor !== undefined && (await memory.readAnswer(suggestedFor, signal)) === null) {
        return refuse(response, 404, sentences.noSuchAnswer);
      }
      const [id] = await memory.rememberAnswers([typedAnswer(typed, "suggested", doer)], signal);
      log.info({ id }, "answer suggested");
      response.status(201).json({ id });
    });
  };
}

function addChanging(
  routes: Router,
  { memory, articleDrafts, clock, log }: MemoryRoutesOptions,
): void {
  const ports = { memory };
  const doerOf = (by: string | undefined): Doer => ({ by: by ?? unnamed.admin, at: clock() });

  routes.post("/memory", json, async (request, response) => {
    const body = newForm.safeParse(request.body);
    if (!body.success) return refuse(response, 400, wrongTexts(body.error));
    const { question, answer, language = null, url = null, by } = body.data;
    await answering(response, log, async (signal) => {
      const typed = typedAnswer({ question, answer, language, url }, "added", doerOf(by));
      const [id] = await memory.rememberAnswers([typed], signal);
      log.info({ id }, "answer remembered by an operator");
      response.status(201).json({ id });
    });
  });

  routes.post("/memory/import", csv, async (request, response) => {
    const query = importForm.safeParse(request.query);
    if (!query.success) return refuse(response, 400, wrongBody(query.error));
    if (typeof request.body !== "string") return refuse(response, 415, sentences.notCsv);
    const file = await readAnswerCsv(request.body);
    if ("error" in file) return refuse(response, 400, file.error);
    const isDryRun = query.data.dryRun === "true";
    await answering(response, log, async (signal) => {
      const { fresh, known } = await apart(file.rows, memory, signal);
      const ids: string[] = [];
      if (!isDryRun && fresh.length > 0) {
        const doer = doerOf(query.data.by);
        const typed = fresh.map((row) => typedAnswer(row, "imported", doer));
        ids.push(...(await memory.rememberAnswers(typed, AbortSignal.timeout(manyTimeoutMs))));
        log.info({ answers: ids.length }, "answers imported by an operator");
      }
      response.json({ dryRun: isDryRun, rows: fresh, known, bad: file.bad, ids });
    });
  });

  routes.post("/memory/articles", json, async (request, response) => {
    const body = articleForm.safeParse(request.body);
    if (!body.success) return refuse(response, 400, wrongBody(body.error));
    if (articleDrafts === null) return refuse(response, 409, sentences.noArticles);
    try {
      const { title, text } = body.data;
      const created = await articleDrafts.create({ title, markdown: text });
      if (created.result === "not-allowed") return refuse(response, 409, sentences.mayNotWrite);
      log.info({ articleId: created.articleId }, "article begun in Intercom by an operator");
      response.status(201).json({ articleId: created.articleId });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      log.warn({ error }, "article not begun");
      refuse(response, 502, sentences.articleUnknown);
    }
  });

  routes.post("/memory/bulk", json, async (request, response) => {
    const body = bulkForm.safeParse(request.body);
    if (!body.success) return refuse(response, 400, wrongBody(body.error));
    const { action, ids, by } = body.data;
    const change = action === "retire" ? retireAnswer : restoreAnswer;
    await answering(
      response,
      log,
      async (signal) => {
        const results: Changed[] = [];
        for (const id of ids) results.push(await change(id, doerOf(by), ports, signal));
        log.info({ action, answers: ids.length }, "answers changed by an operator");
        response.json(together(ids, results));
      },
      manyTimeoutMs,
    );
  });

  routes.post("/memory/merge", json, async (request, response) => {
    const body = mergeForm.safeParse(request.body);
    if (!body.success) return refuse(response, 400, wrongBody(body.error));
    const { keep, duplicates, by } = body.data;
    await answering(
      response,
      log,
      async (signal) => {
        if ((await memory.readAnswer(keep, signal)) === null) {
          return refuse(response, 404, sentences.noSuchAnswer);
        }
        const results = await mergeInto(keep, duplicates, doerOf(by), ports, signal);
        log.info({ id: keep, answers: duplicates.length }, "answers merged by an operator");
        response.json(together(duplicates, results));
      },
      manyTimeoutMs,
    );
  });

  routes.patch("/memory/:id", json, async (request, response) => {
    const body = editForm.safeParse(request.body);
    if (!body.success) return refuse(response, 400, wrongBody(body.error));
    const { by, ...given } = body.data;
    const texts = withoutUndefined(given);
    await changing(response, request.params.id, "edit", (signal) =>
      editAnswer(request.params.id, texts, doerOf(by), ports, signal),
    );
  });

  const changes = {
    retire: retireAnswer,
    restore: restoreAnswer,
    undo: undoChange,
    accept: acceptSuggestion,
  };
  for (const [name, change] of Object.entries(changes)) {
    routes.post(`/memory/:id/${name}`, json, async (request, response) => {
      const body = doerForm.safeParse(request.body ?? {});
      if (!body.success) return refuse(response, 400, wrongBody(body.error));
      await changing(response, request.params.id, name, (signal) =>
        change(request.params.id, doerOf(body.data.by), ports, signal),
      );
    });
  }

  function changing(
    response: Response,
    id: string,
    action: string,
    work: (signal: AbortSignal) => Promise<Changed>,
  ): Promise<void> {
    return answering(response, log, async (signal) => {
      const changed = await work(signal);
      if ("refused" in changed) {
        const { status, error } = refusals[changed.refused];
        return refuse(response, status, error);
      }
      log.info({ id, action }, "answer changed by an operator");
      response.json({ id: changed.answer.id });
    });
  }
}

function addForgetting(routes: Router, options: MemoryRoutesOptions): void {
  const { memory, forgetContact, clock, log } = options;

  routes.delete("/memory", async (request, response) => {
    const query = contactForm.safeParse(request.query);
    if (!query.success) return refuse(response, 400, sentences.whomToForget);
    const { contact } = query.data;
    await answering(response, log, async () => {
      response.json(await forgetContact(contact));
    });
  });

  routes.delete("/memory/:id", async (request, response) => {
    const { id } = request.params;
    await answering(response, log, async (signal) => {
      if (!(await forgetForGood(id, memory, clock(), signal))) {
        return refuse(response, 404, sentences.noSuchAnswer);
      }
      log.info({ id }, "answer forgotten by an operator");
      response.status(204).end();
    });
  });
}

/** Rows that are not kept yet, and the lines of those that are, word for word. */
async function apart(rows: ImportedRow[], memory: AnswerMemory, signal: AbortSignal) {
  const filter = { statuses: ["answer" as const], authors: ["operator" as const] };
  const stored = await memory.listAnswers(filter, { limit: mostCompared, after: null }, signal);
  const textOf = ({ question, answer }: { question: string; answer: string }) =>
    JSON.stringify([question, answer]);
  const seen = new Set(stored.answers.map(textOf));
  const fresh: ImportedRow[] = [];
  const known: number[] = [];
  for (const row of rows) {
    if (seen.has(textOf(row))) known.push(row.line);
    else fresh.push(row);
    seen.add(textOf(row));
  }
  return { fresh, known };
}

/** Of more than that nobody has typed in, or the duplicates can be merged. */
const mostCompared = 50_000;

/** What became of several: those that were changed, and why the others were not. */
function together(ids: string[], results: Changed[]) {
  const changed: { id: string }[] = [];
  const refused: { id: string; error: string }[] = [];
  for (const [index, result] of results.entries()) {
    if ("answer" in result) changed.push({ id: result.answer.id });
    else refused.push({ id: ids[index] ?? "", error: refusals[result.refused].error });
  }
  return { changed, refused };
}

/** A memory that is down is not this service's failure, and is said so. */
async function answering(
  response: Response,
  log: Log,
  work: (signal: AbortSignal) => Promise<void>,
  patienceMs = timeoutMs,
): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    await work(signal);
  } catch (error) {
    if (!(error instanceof UpstreamError) && !signal.aborted) throw error;
    log.warn({ error }, "answer memory failed");
    refuse(response, 503, sentences.down);
  }
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

function withoutUndefined<Given extends object>(given: Given): WithoutUndefined<Given> {
  const kept = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as WithoutUndefined<Given>;
}

type WithoutUndefined<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> };
