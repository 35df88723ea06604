import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureAgreement } from "./agreement-measure.ts";
import { type BenchEmbedder, openBenchEmbedder } from "./bench-embedder.ts";
import { measureReading } from "./reading-measure.ts";
import { type Measure, measureRetrieval } from "./retrieval-measure.ts";
import { readQuestions } from "./retrieval-questions.ts";
import { startPostgresIndexes } from "./retrieval-stores.ts";

/**
 * Measures how well the help center's search finds the right article, in help centers of several
 * sizes: `npm run bench:retrieval -- [--articles N] [--store postgres] [file]`. N is a number or
 * "all"; without it all sizes are measured. With `--store postgres` the same is asked of a PostgreSQL
 * of its own too, by words, and said where that is worse. The file has one JSON object a line:
 * `question`, `article_ids` (the right ones) and `contexts` (articles with `id`, `title`, `text`).
 *
 * With `--embeddings URL --model NAME` hybrid search is measured as well, by any OpenAI-compatible
 * server (its key in OPENAI_API_KEY), and with `--embeddings lsa` by a model made of the articles.
 */

const usualFile = new URL("../../../shared/data/wixqa-sample.jsonl", import.meta.url).pathname;
const usualSizes = [5, 10, 20, 50, 200, Number.POSITIVE_INFINITY];
const print = (line: string) => void process.stdout.write(`${line}\n`);

const { values, positionals } = parseArgs({
  options: {
    articles: { type: "string" },
    embeddings: { type: "string" },
    model: { type: "string" },
    store: { type: "string", default: "sqlite" },
  },
  allowPositionals: true,
});
const file = positionals[0] ?? usualFile;
const sizes = sizesIn(values.articles);

if (values.store !== "sqlite" && values.store !== "postgres") {
  fail(`--store takes sqlite or postgres, not "${values.store}".`);
} else if (sizes === null)
  fail(`--articles takes a number above 0 or "all", not "${values.articles}".`);
else if (!existsSync(file)) {
  fail(`There is no file of questions at ${file}: name one, npm run bench:retrieval -- file.jsonl`);
} else if (values.embeddings === undefined) await run(sizes, null);
else {
  const opened = await openBenchEmbedder(values.embeddings, values.model ?? null, file);
  await run(sizes, opened);
  await opened.close();
}

function sizesIn(articles: string | undefined): number[] | null {
  if (articles === undefined) return usualSizes;
  if (articles === "all") return [Number.POSITIVE_INFINITY];
  const size = Number(articles);
  return Number.isInteger(size) && size > 0 ? [size] : null;
}

async function run(sizesAsked: number[], embedder: BenchEmbedder | null): Promise<void> {
  const questions = readQuestions(file);
  const count = questions.articles.length;
  print(`Node ${process.version}, ${questions.questions.length} questions, ${count} articles`);
  print("");
  if (embedder !== null) print(`hybrid: ${embedder.about}`);
  const postgres = values.store === "postgres" ? await startPostgresIndexes() : null;
  const searches = [
    "words",
    ...(embedder === null ? [] : ["hybrid"]),
    ...(postgres === null ? [] : ["words, in PostgreSQL"]),
    "plain BM25",
  ];
  print(
    `${" ".repeat(25)}${searches
      .map((name) => name.padEnd(36))
      .join("")
      .trimEnd()}`,
  );
  const timed = "hit@1   hit@5     MRR  ms/query     ";
  print(`articles  asked          ${timed.repeat(searches.length - 1)}hit@1   hit@5     MRR`);
  let mostLost = 0;
  // 200 of 173 articles are all of them, measured once.
  const sizesHere = new Set(sizesAsked.map((size) => Math.min(size, count)));
  for (const size of sizesHere) {
    const measured = await measureRetrieval(questions, size, { embedder });
    const there =
      postgres === null
        ? []
        : await measureRetrieval(questions, size, { openIndex: postgres.open, embedder: null });
    for (const [index, { wording, ours, hybrid, plain }] of measured.entries()) {
      const inPostgres = there[index]?.ours ?? null;
      if (inPostgres !== null) mostLost = Math.max(mostLost, lostBy(ours, inPostgres));
      const name = (size < count ? `${size}` : `all ${count}`).padEnd(8);
      const withTime = (measure: Measure | null) =>
        measure === null
          ? ""
          : `${figures(measure)}  ${measure.msPerQuery.toFixed(1).padStart(8)}  `;
      const all = [ours, hybrid, inPostgres].map(withTime).join("");
      print(`${name}  ${wording.padEnd(13)}${all}${figures(plain)}`);
    }
  }
  await postgres?.stop();
  if (postgres !== null) {
    print("");
    print(`in no figure is PostgreSQL more than ${mostLost.toFixed(3)} worse`);
  }
  const answered = questions.questions.filter(({ answer }) => answer !== "");
  if (answered.length === 0) return;
  const reading = await measureReading(questions.articles, answered);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  print("");
  print(
    `right text in the prompt, of long articles: ${percent(reading.inPrompt)} (${percent(reading.ofSeveral)} where it stands in several places), of ${Math.round(reading.characters)} characters given`,
  );
  const { questions: asked, lost, fifths } = await measureAgreement(answered);
  print("");
  print(`remembered answers: ${asked} short questions, ${lost} lost between recall and prompt`);
  for (const [index, { questions: many, right }] of fifths.entries()) {
    const share = many === 0 ? "" : `, the best is right in ${(right / many).toFixed(2)}`;
    print(`agreement up to ${((index + 1) / 5).toFixed(1)}: ${many} questions${share}`);
  }
}

/** What the other lost in the figure in which it lost most. */
function lostBy(one: Measure, other: Measure): number {
  return Math.max(
    one.hitAt1 - other.hitAt1,
    one.hitAt5 - other.hitAt5,
    one.meanReciprocalRank - other.meanReciprocalRank,
  );
}

function figures({ hitAt1, hitAt5, meanReciprocalRank }: Measure): string {
  return [hitAt1, hitAt5, meanReciprocalRank]
    .map((figure) => figure.toFixed(3).padStart(7))
    .join(" ");
}

function fail(reason: string): void {
  print(reason);
  process.exitCode = 1;
}
