import { existsSync } from "node:fs";
import {
  type Measure,
  measureHelpCenter,
  measurePlainFts5,
  readQuestions,
} from "./retrieval-measure.ts";

/**
 * Measures how well the help center's search finds the right article: `npm run bench:retrieval
 * [file]`. The file has one JSON object a line: `question`, `article_ids` (the right ones) and
 * `contexts` (articles with `id`, `title`, `text`).
 */

const usual = new URL("../../../shared/data/wixqa-sample.jsonl", import.meta.url).pathname;
const file = process.argv[2] ?? usual;
const print = (line: string) => void process.stdout.write(`${line}\n`);

if (existsSync(file)) await run();
else {
  print(
    `There is no file of questions at ${file}: name one, npm run bench:retrieval -- file.jsonl`,
  );
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const questions = readQuestions(file);
  print(`${questions.articles.length} articles, ${questions.questions.length} questions`);
  print("");
  print("                                hit@5    MRR   ms/query");
  show("passages and query building", await measureHelpCenter(questions));
  show("plain FTS5, whole articles", await measurePlainFts5(questions));
}

function show(name: string, { hitAt5, meanReciprocalRank, msPerQuery }: Measure): void {
  const figures = [hitAt5.toFixed(3), meanReciprocalRank.toFixed(3), msPerQuery.toFixed(2)];
  print(`${name.padEnd(30)}  ${figures[0]}  ${figures[1]}  ${figures[2]?.padStart(8)}`);
}
