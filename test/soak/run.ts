import { parseArgs } from "node:util";
import { runSoak } from "./soak.ts";

/** `npm run soak -- --seconds 600 --seed 7 --quiet 50`: a longer soak, its counts printed at the end. */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "300" },
    quiet: { type: "string", default: "500" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
process.stdout.write(
  `Soaking for ${values.seconds} s with seed ${seed} and a quiet period of ${values.quiet} ms …\n`,
);
const { lost, doubled, talkedOver, ...counts } = await runSoak({
  seconds: Number(values.seconds),
  seed,
  quietPeriodMs: Number(values.quiet),
});
const verdict = { lost: lost.length, doubled: doubled.length, talkedOver: talkedOver.length };
process.stdout.write(`${JSON.stringify({ ...counts, ...verdict }, null, 2)}\n`);
const isClean = lost.length + doubled.length + talkedOver.length === 0;
if (!isClean) process.stdout.write(`${JSON.stringify({ lost, doubled, talkedOver })}\n`);
process.exit(isClean ? 0 : 1);
