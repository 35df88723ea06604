import packageFile from "../package.json" with { type: "json" };
import type { BrokenOff, Stopping } from "./adapters/opentelemetry/channels.ts";
import { channels } from "./adapters/opentelemetry/channels.ts";
import type { Hint, JourneyReport } from "./core/types.ts";
import { steadyClock } from "./lib/steady-clock.ts";

// `node --import ./src/tracing.ts src/main.ts`: a trace of each journey goes to an OpenTelemetry
// collector (docs/operations). Its packages are installed by whoever wants that, and loaded when the
// first notification comes, so that a doctor or a health check started with the same options loads none.

type Exporting = ReturnType<
  typeof import("./adapters/opentelemetry/export-journeys.ts").exportJourneys
>;

const packages = [
  "@opentelemetry/api",
  "@opentelemetry/exporter-trace-otlp-http",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace",
];

let loading: Promise<Exporting> | null = null;
let isBroken = false;

for (const name of packages) mustBeInstalled(name);
channels.hinted.subscribe((hint) => {
  const at = steadyClock();
  use((exporting) => exporting.hinted(hint as Hint, at));
});
channels.ended.subscribe((report) => {
  const at = steadyClock();
  use((exporting) => exporting.ended(report as JourneyReport, at));
});
channels.brokeOff.subscribe((broken) => {
  const at = steadyClock();
  use((exporting) => exporting.brokeOff(broken as BrokenOff, at));
});
channels.stopping.subscribe((stopping) => {
  if (loading !== null) (stopping as Stopping).waitFor(loading.then(({ close }) => close()));
});

/** Traces are good to have: whatever goes wrong with them is said once and stops nothing else. */
function use(tell: (exporting: Exporting) => void): void {
  if (isBroken) return;
  const { name, version } = packageFile;
  loading ??= import("./adapters/opentelemetry/export-journeys.ts").then(({ exportJourneys }) =>
    exportJourneys({ name, version }),
  );
  loading.then(tell).catch((error: unknown) => {
    if (isBroken) return;
    isBroken = true;
    process.stderr.write(
      `No more traces: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  });
}

function mustBeInstalled(name: string): void {
  try {
    import.meta.resolve(name);
  } catch {
    process.stderr.write(
      `\nsrc/tracing.ts needs packages that are not installed. In this folder:\n\n  npm install --save-prod ${packages.join(" ")}\n\nor start without --import ./src/tracing.ts. docs/operations says what for.\n\n`,
    );
    process.exit(1);
  }
}
