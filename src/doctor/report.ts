import type { Check, Status } from "./check.ts";

const marks: Record<Status, string> = { ok: "✓", warning: "!", failed: "✗", unproved: "✓" };
const severity: Status[] = ["ok", "unproved", "warning", "failed"];

/** One line a group, below it what is wrong; with `isVerbose` every check. */
export function reportText(checks: Check[], isVerbose: boolean): string {
  const groups = [...new Set(checks.map(({ group }) => group))];
  const lines = groups.flatMap((group) => {
    const own = checks.filter((check) => check.group === group);
    const worst = severity.findLast((status) => own.some((check) => check.status === status));
    const shown = own.filter(({ status }) => isVerbose || isProblem(status));
    return [
      `${marks[worst ?? "ok"]} ${group}: ${summary(own)}`,
      ...shown.flatMap((check) => [`    ${lineOf(check)}`, ...hintOf(check)]),
    ];
  });
  return `${lines.join("\n")}\n\n${closing(checks)}\n`;
}

function summary(checks: Check[]): string {
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  const said = [
    [count("failed"), "wrong"],
    [count("warning"), "to look at"],
    [count("ok"), "in order"],
    [count("unproved"), "not to be seen by reading alone"],
  ] as const;
  return said
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(", ");
}

/** Where the detail begins with the setting, the check's name would only say it once more. */
function lineOf(check: Check): string {
  const { status, name, detail } = check;
  const mark = status === "unproved" ? "?" : marks[status];
  return namesItself(check) ? `${mark} ${detail}` : `${mark} ${name}: ${detail}`;
}

function hintOf(check: Check): string[] {
  return check.hint === null ? [] : [`      → ${check.hint}${whereOf(check)}`];
}

/** The setting that decides it and where its value is found, as far as that is not said already. */
function whereOf({ detail, hint, setting, page }: Check): string {
  if (setting === null) return "";
  const isNamed = `${detail} ${hint ?? ""}`.includes(setting);
  return isNamed ? ` (${page})` : ` (${setting}; ${page})`;
}

function namesItself({ detail, setting }: Check): boolean {
  return setting !== null && detail.startsWith(setting);
}

/** The count, and the first thing to do. */
function closing(checks: Check[]): string {
  const failed = checks.filter(({ status }) => status === "failed");
  const warnings = checks.filter(({ status }) => status === "warning");
  const first = failed[0] ?? warnings[0];
  if (first === undefined) return `All ${checks.length} checks are in order; nothing to do.`;
  const counted =
    failed.length > 0
      ? `${failed.length} of ${checks.length} checks failed`
      : `Nothing is wrong, but ${warnings.length} of ${checks.length} checks should be looked at`;
  const which = namesItself(first) ? "" : `, ${first.name}`;
  return `${counted}. First${which}: ${first.hint ?? first.detail}`;
}

/** What is wrong, what to do and where, as one line. */
export function problemLine(check: Check): string {
  return `${check.detail}. ${check.hint ?? ""}${whereOf(check)}`;
}

function isProblem(status: Status): boolean {
  return status === "failed" || status === "warning";
}
