import { availableParallelism, loadavg } from "node:os";
import { type Figure, formatFigure } from "./figures.ts";
import { benchIntake, intakeLoad } from "./intake.ts";
import { benchJourney, journeyLoad } from "./journey.ts";
import { benchPrompt } from "./prompt.ts";
import { benchResidentMemory } from "./resident-memory.ts";

/** `npm run bench`: what docs/benchmarks.md describes, in one run of about three minutes. */
const print = (line: string) => void process.stdout.write(`${line}\n`);
const printFigures = (figures: Figure[]) => {
  for (const figure of figures) print(formatFigure(figure));
};

print(`Node ${process.version}, ${availableParallelism()} cores, load average ${load()}`);

print(
  `\nIntake: signed webhooks of 6 KB over ${intakeLoad.connections} keep-alive connections; medians of ${intakeLoad.rounds} interleaved rounds`,
);
printFigures(await benchIntake());
print(`load average ${load()}`);

print(
  `\nJourney: model ${journeyLoad.modelMs} ms, Intercom and memory ${journeyLoad.serviceMs} ms, no quiet period, PARALLEL_CONVERSATIONS=${journeyLoad.parallelConversations}, ${journeyLoad.seconds} s`,
);
const { figures, connections } = await benchJourney();
printFigures(figures);
print(connections);
print(`load average ${load()}`);

print("\nPrompt: the shipped one, with what the demo's search finds for its questions");
printFigures(await benchPrompt());

print("\nMemory: the service as a process");
printFigures(await benchResidentMemory());
// The stand-ins may still be waiting for somebody to hang up.
process.exit(0);

function load(): string {
  return loadavg()
    .map((average) => average.toFixed(2))
    .join(" ");
}
