import { parseArgs } from "node:util";
import { runSoak } from "./soak.ts";

/**
 * `npm run soak -- --seconds 600 --seed 7 --quiet 50`: a longer soak, its counts printed at the end.
 * `npm run soak -- --replicas 3 --postgres`: they remember in a real PostgreSQL.
 * `npm run soak -- --replicas 3 --turns 2000`: several processes and a real Redis, until customers have
 * written so many messages.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    turns: { type: "string" },
    replicas: { type: "string", default: "1" },
    postgres: { type: "boolean", default: false },
    quiet: { type: "string", default: "500" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
const turns = values.turns === undefined ? Number.POSITIVE_INFINITY : Number(values.turns);
// Whoever counts messages does not want to be stopped by the clock.
const seconds = Number(values.seconds ?? (values.turns === undefined ? 300 : 36_000));
const until = values.turns === undefined ? `${seconds} s` : `${turns} messages`;
process.stdout.write(
  `Soaking ${values.replicas} process(es) for ${until} with seed ${seed} and a quiet period of ${values.quiet} ms …\n`,
);
const { lost, doubled, talkedOver, leaks, ...counts } = await runSoak({
  seconds,
  turns,
  replicas: Number(values.replicas),
  hasPostgres: values.postgres,
  seed,
  quietPeriodMs: Number(values.quiet),
});
const verdict = {
  ...{ lost: lost.length, doubled: doubled.length, talkedOver: talkedOver.length },
  leaks: leaks.length,
};
process.stdout.write(`${JSON.stringify({ ...counts, ...verdict }, null, 2)}\n`);
const isClean = lost.length + doubled.length + talkedOver.length + leaks.length === 0;
if (!isClean) process.stdout.write(`${JSON.stringify({ lost, doubled, talkedOver, leaks })}\n`);
process.exit(isClean ? 0 : 1);
