import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureAgreement } from "./agreement-measure.ts";
import { type Measure, measureRetrieval } from "./retrieval-measure.ts";
import { readQuestions } from "./retrieval-questions.ts";
import { openEmbedded, openInPostgres } from "./retrieval-stores.ts";

/**
 * Measures how well the help center's search finds the right article, in help centers of several
 * sizes: `npm run bench:retrieval -- [--articles N] [--postgres URL] [file]`. N is a number or "all";
 * without it all sizes are measured. With a database's URL they are kept in a schema of it that is
 * gone afterwards, in place of the embedded index. The file has one JSON object a line: `question`, `article_ids` (the right
 * ones) and `contexts` (articles with `id`, `title`, `text`).
 */

const usualFile = new URL("../../../shared/data/wixqa-sample.jsonl", import.meta.url).pathname;
const usualSizes = [5, 10, 20, 50, 200, Number.POSITIVE_INFINITY];
const print = (line: string) => void process.stdout.write(`${line}\n`);

const { values, positionals } = parseArgs({
  options: { articles: { type: "string" }, postgres: { type: "string" } },
  allowPositionals: true,
});
const file = positionals[0] ?? usualFile;
const sizes = sizesIn(values.articles);
const openIndex = values.postgres === undefined ? openEmbedded : openInPostgres(values.postgres);

if (sizes === null) fail(`--articles takes a number above 0 or "all", not "${values.articles}".`);
else if (!existsSync(file)) {
  fail(`There is no file of questions at ${file}: name one, npm run bench:retrieval -- file.jsonl`);
} else await run(sizes);

function sizesIn(articles: string | undefined): number[] | null {
  if (articles === undefined) return usualSizes;
  if (articles === "all") return [Number.POSITIVE_INFINITY];
  const size = Number(articles);
  return Number.isInteger(size) && size > 0 ? [size] : null;
}

async function run(sizesAsked: number[]): Promise<void> {
  const questions = readQuestions(file);
  const count = questions.articles.length;
  print(`Node ${process.version}, ${questions.questions.length} questions, ${count} articles`);
  print("");
  print("                         this search                         plain BM25");
  print("articles  asked          hit@1   hit@5     MRR  ms/query     hit@1   hit@5     MRR");
  // 200 of 173 articles are all of them, measured once.
  const sizesHere = new Set(sizesAsked.map((size) => Math.min(size, count)));
  for (const size of sizesHere) {
    for (const { wording, ours, plain } of await measureRetrieval(questions, size, openIndex)) {
      const name = (size < count ? `${size}` : `all ${count}`).padEnd(8);
      const time = ours.msPerQuery.toFixed(1).padStart(8);
      print(`${name}  ${wording.padEnd(13)}${figures(ours)}  ${time}  ${figures(plain)}`);
    }
  }
  const answered = questions.questions.filter(({ answer }) => answer !== "");
  if (answered.length === 0) return;
  const { questions: asked, lost, fifths } = await measureAgreement(answered);
  print("");
  print(`remembered answers: ${asked} short questions, ${lost} lost between recall and prompt`);
  for (const [index, { questions: many, right }] of fifths.entries()) {
    const share = many === 0 ? "" : `, the best is right in ${(right / many).toFixed(2)}`;
    print(`agreement up to ${((index + 1) / 5).toFixed(1)}: ${many} questions${share}`);
  }
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
