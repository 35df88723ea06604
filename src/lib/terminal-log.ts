import { describeError } from "./log.ts";

type Say = (values: object, event: string) => void;

/** For commands whose standard output is the answer: what goes wrong is said beside it. */
export function createTerminalLog(): { debug: Say; info: Say; warn: Say; error: Say } {
  const say: Say = (values, event) => {
    const shown = Object.entries(values).map(([key, value]) => [
      key,
      value instanceof Error ? describeError(value) : value,
    ]);
    process.stderr.write(`${event} ${JSON.stringify(Object.fromEntries(shown))}\n`);
  };
  return { debug() {}, info() {}, warn: say, error: say };
}
