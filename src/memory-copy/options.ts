import { parseArgs } from "node:util";

export type CopyCommand = {
  /** A file, the folder it is in, or a `postgres://` address. */
  from: string;
  to: string;
  /** Only says what would be copied. */
  isDryRun: boolean;
  /** Compares both, and changes nothing. */
  isCheck: boolean;
  /** The target becomes a copy of the source, whatever it holds. */
  replaces: boolean;
};

export const copyUsage = `npm run memory -- copy --from FILE [--to URL] [--dry-run | --check] [--replace]

  --from     memory.sqlite, or the folder it is in (DATA_DIR); it is only read, and may be in use
  --to       the database, as postgres://user@host:5432/name; without it MEMORY_URL, where no
             shell and no list of processes shows its password
  --dry-run  says what would be copied, and copies nothing
  --check    compares both, thing by thing; ends with 2 where they differ
  --replace  makes the target a copy, even if it holds something else: that is removed

It may be interrupted and repeated: what is there is only compared. --from and --to may be
exchanged, to go back.`;

/**
 * @param memoryUrl what MEMORY_URL says, in the place of an end that is not named
 * @throws Error with words for whoever typed it
 */
export function readCopyCommand(args: string[], memoryUrl: string | undefined): CopyCommand {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      replace: { type: "boolean", default: false },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== "copy") throw new Error(copyUsage);
  const { from = memoryUrl, to = memoryUrl } = values;
  if (values.from === undefined && values.to === undefined) {
    throw new Error(`Say what is copied: --from.\n\n${copyUsage}`);
  }
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? "--from" : "--to";
    throw new Error(`Say ${missing}, or set MEMORY_URL to the database.\n\n${copyUsage}`);
  }
  if (from === to) throw new Error("--from and --to are the same memory.");
  if (values["dry-run"] && values.check) throw new Error("Say --dry-run or --check, not both.");
  return {
    from,
    to,
    isDryRun: values["dry-run"],
    isCheck: values.check,
    replaces: values.replace,
  };
}
