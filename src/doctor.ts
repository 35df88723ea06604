import { parseArgs } from "node:util";
import { examine } from "./doctor/examine.ts";
import { reportText } from "./doctor/report.ts";

// `npm run doctor [-- -v] [-- --json]`: looks at the installation and changes nothing.
// Exit 0: nothing is wrong. 1: something is. 2: it could not be looked at.

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, verbose: { type: "boolean", short: "v" } },
  });
  const checks = await examine();
  const ok = checks.every(({ status }) => status !== "failed");
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ok, checks }, null, 2)}\n`
      : reportText(checks, values.verbose ?? false),
  );
  process.exitCode = ok ? 0 : 1;
}

await main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The installation could not be looked at: ${why}\n`);
  process.exitCode = 2;
});
