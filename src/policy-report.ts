import type { ExplainedRule, ExplainedRules } from "./core/explaining/explain-rules.ts";
import { type KnowledgeSource, placeOf } from "./core/knowledge-source.ts";
import type { HoursPlan, HoursSource, OpenInterval, PolicyRules } from "./core/policy.ts";

const lists: (keyof PolicyRules)[] = ["never", "only", "mode", "escalate", "guidance"];

const titles: Record<keyof PolicyRules, string> = {
  never: "never: what one of these fits is left to people",
  only: "only: one of these must fit",
  mode: "mode: the first that fits decides",
  guidance: "guidance: the model is told each that fits",
  escalate: "escalate: the first that fits goes to people",
};

const signs: Record<ExplainedRule["fits"], string> = {
  yes: "fits",
  no: "does not fit",
  unknown: "cannot be said yet",
  "left-out": "not in its share",
};

/** Every rule with whether it fits, as text for a terminal. */
export function rulesReport(conversationId: string, explained: ExplainedRules): string {
  const { isWaiting, rules, otherwise } = explained;
  const about = isWaiting
    ? "The customer waits for an answer."
    : "Nobody waits here now: the customer's last messages are judged as if nobody had answered.";
  const blocks = lists.flatMap((list) => {
    const own = rules.filter((rule) => rule.list === list);
    const lines = own.map(line);
    if (list === "mode") {
      const isOpen = !own.some(({ decides }) => decides);
      lines.push(`  ${isOpen ? "→" : " "} otherwise: mode ${otherwise} (REPLY_MODE)`);
    }
    return lines.length === 0 ? [] : [[titles[list], ...lines].join("\n")];
  });
  return [`Conversation ${conversationId}. ${about}`, ...blocks, legend].join("\n\n");
}

const legend =
  "→ is the one that counts in its list. What cannot be said yet is known with the draft (intent, language, topic, confidence, plain sentences) or could not be read, and leans to people.";

function line({ name, isBuiltIn, does, fits, decides }: ExplainedRule): string {
  return `  ${decides ? "→" : " "} ${name}${isBuiltIn ? " (built in)" : ""}: ${signs[fits]} · ${does}`;
}

/** "Mon 09:00–17:00, Tue closed … (Europe/Berlin); team 12: from Intercom, schedule “Billing”". */
function planInWords({ general, teams }: HoursPlan): string {
  const ofTeams = Object.entries(teams).map(([id, hours]) => `team ${id}: ${hoursInWords(hours)}`);
  return [hoursInWords(general), ...ofTeams].join("; ");
}

function hoursInWords(source: HoursSource): string {
  if ("schedule" in source) {
    const { schedule } = source;
    return `from Intercom, ${schedule === null ? "its only schedule" : `schedule “${schedule}”`}`;
  }
  const { timeZone, week, exceptions } = source;
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(
    (day, index) => `${day} ${openInWords(week[index] ?? [])}`,
  );
  const others = exceptions.map(({ year, month, day, open }) => {
    const ofYear = `${twoDigits(month)}-${twoDigits(day)}`;
    const date = year === null ? `each ${ofYear}` : `${year}-${ofYear}`;
    return `${date} ${openInWords(open)}`;
  });
  return `${[...days, ...others].join(", ")} (${timeZone})`;
}

function openInWords(open: OpenInterval[]): string {
  const clock = (minutes: number) =>
    `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  if (open.length === 0) return "closed";
  return open.map(({ from, to }) => `${clock(from)}–${clock(to)}`).join(" and ");
}

const twoDigits = (number: number) => String(number).padStart(2, "0");

/** "site: https://docs.example.com, for teammates only, de, every 360 minutes". */
function sourceInWords(source: KnowledgeSource): string {
  const { name, isInternal, language, everyMs, brands, plans, topics } = source;
  const reach = source.kind === "site" ? { ...source.limits, hosts: source.hosts } : {};
  const only = Object.entries({ ...reach, brands, plans, topics }).flatMap(([what, value]) =>
    Array.isArray(value) && value.length === 0 ? [] : [`${what} ${inWords(value)}`],
  );
  const details = [
    placeOf(source),
    ...(isInternal ? ["for teammates only"] : []),
    ...(language === null ? [] : [language]),
    ...(everyMs === null ? [] : [`every ${everyMs / 60_000} minutes`]),
    ...only,
  ];
  return `${name}: ${details.join(", ")}`;
}

/** A list by commas, an object by its names. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(inWords).join(", ");
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, of]) => `${name} ${inWords(of)}`)
    .join(", ");
}

/** What a file that can be used says, as text for a terminal. */
export function fileReport(
  path: string,
  { rules, ...values }: { rules: PolicyRules } & Record<string, unknown>,
): string {
  const names = lists.map((list) => {
    const own = rules[list].map(({ name }) => name);
    return `  ${list}: ${own.length === 0 ? "none" : own.join(", ")}`;
  });
  const given = Object.entries(values).map(([name, value]) => {
    const key = name === "handOffTo" ? "hand_off" : name.replace(/[A-Z]/g, "_$&").toLowerCase();
    if (name === "officeHours") return `  ${key}: ${planInWords(value as HoursPlan)}`;
    if (name === "sources")
      return `  ${key}: ${(value as KnowledgeSource[]).map(sourceInWords).join("; ")}`;
    return `  ${key}: ${inWords(value)}`;
  });
  return [`${path} can be used.`, ...names, ...given].join("\n");
}
