import { parseArgs } from "node:util";
import { fuzz, targets } from "./fuzz.ts";

/**
 * `npm run fuzz -- --runs 100000 --seed 7 [--only slack]`: mutated webhooks and signatures, Slack
 * payloads, policy files, templates and chat frames. Nothing may crash, answer 5xx, do work for an
 * unverified request, or grow. What breaks is made as small as it gets and printed with its seed.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string" },
  },
});
const seed = Number(values.seed);
const chosen = Object.entries(targets).filter(([name]) => [name, undefined].includes(values.only));
if (chosen.length === 0) {
  process.stderr.write(`--only takes one of ${Object.keys(targets).join(", ")}\n`);
  process.exit(2);
}
process.stdout.write(`Fuzzing with seed ${seed} …\n`);
let isClean = true;
for (const [name, open] of chosen) {
  const result = await fuzz(open, Number(values.runs), seed);
  const { inputs, seconds, seen, gainedMb, failure } = result;
  const found = Object.entries(seen).map(([what, count]) => `${what}: ${count}`);
  const heap = gainedMb === null ? "" : `, heap ${gainedMb.toFixed(1)} MB`;
  process.stdout.write(
    `${failure === null ? "✓" : "✗"} ${name}: ${inputs} inputs in ${seconds.toFixed(1)} s${heap} (${found.join(", ")})\n`,
  );
  if (failure !== null) {
    isClean = false;
    process.stdout.write(`${failure}\n`);
  }
}
process.exit(isClean ? 0 : 1);
