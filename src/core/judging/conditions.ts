import type { Company, Customer, PreviousConversation } from "../customer.ts";
import type { Facts } from "../facts.ts";
import { plainName as plain } from "../for-whom.ts";
import type {
  Attributes,
  AttributeValue,
  Condition,
  HoursPlan,
  PreviousTest,
  ValueTest,
} from "../policy.ts";
import type { JudgedSentence } from "../types.ts";
import { type Fact, unknown } from "../unknown.ts";
import { asWords } from "./as-words.ts";
import { hoursFor, isOpen } from "./office-hours.ts";
import { saysSign } from "./signs.ts";

/** What is known of a statement. */
export type Truth = "yes" | "no" | "unknown";

/** Whether a condition holds, by Kleene's logic: what is not known decides nothing by itself. */
export function holds(when: Condition, facts: Facts): Truth {
  return and(statements(when, facts));
}

function and(all: Truth[]): Truth {
  if (all.includes("no")) return "no";
  return all.includes("unknown") ? "unknown" : "yes";
}

function or(any: Truth[]): Truth {
  if (any.includes("yes")) return "yes";
  return any.includes("unknown") ? "unknown" : "no";
}

function not(truth: Truth): Truth {
  if (truth === "unknown") return truth;
  return truth === "yes" ? "no" : "yes";
}

/** One truth for each key that is given. */
function statements(when: Condition, facts: Facts): Truth[] {
  const said: Truth[] = [];
  const say = <T>(wanted: T | undefined, truth: (wanted: T) => Truth) => {
    if (wanted !== undefined) said.push(truth(wanted));
  };
  say(when.all, (parts) => and(parts.map((part) => holds(part, facts))));
  say(when.any, (parts) => or(parts.map((part) => holds(part, facts))));
  say(when.not, (part) => not(holds(part, facts)));
  say(when.tag, (names) => isOneOf(facts.tags, names));
  say(when.channel, (names) => isOneOf(facts.channel, names));
  say(when.team, (ids) => isOneOf(facts.teamId ?? "none", ids));
  say(when.assignee, (ids) => isOneOf(facts.assigneeId ?? "none", ids));
  say(when.url, (patterns) => fitsPattern(facts.pageUrl, patterns));
  say(when.words, (words) => truthOf(words.some((word) => containsWords(facts.text, word))));
  say(when.attachment, (kinds) => isOneOf(facts.attachments, kinds));
  say(when.conversationAttribute, (tests) => passAll(facts.attributes, tests));
  const { customer } = facts;
  say(when.contactAttribute, (tests) => passAll(known(customer, "attributes"), tests));
  say(when.contactTag, (names) => isOneOf(known(customer, "tags"), names));
  say(when.country, (names) => isOneOf(countryOf(customer), names));
  say(when.segment, (names) => isOneOf(known(customer, "segments"), names));
  say(when.company, (names) => ofCompanies(customer, ({ name }) => isOneOf(name, names)));
  say(when.plan, (names) => ofCompanies(customer, ({ plan }) => isOneOf(plan, names)));
  say(when.companyAttribute, (tests) =>
    ofCompanies(customer, ({ attributes }) => passAll(attributes, tests)),
  );
  say(when.previousConversations, (test) =>
    hadSuch(known(customer, "conversations"), test, facts.at),
  );
  say(when.sign, (wanted) => truthOf(wanted.some((sign) => saysSign(facts.text, sign))));
  say(when.sameQuestionAgain, (isAgain) => truthOf(facts.isSameAgain === isAgain));
  say(when.questionsBack, ({ atLeast }) =>
    facts.questionsBack === unknown ? "unknown" : truthOf(facts.questionsBack >= atLeast),
  );
  say(when.customerTurns, ({ atLeast }) => truthOf(facts.customerTurns >= atLeast));
  say(when.officeHours, ({ is, plan }) =>
    is === "open" ? arePeopleAt(plan, facts) : not(arePeopleAt(plan, facts)),
  );
  say(when.confidence, ({ below }) =>
    facts.confidence === unknown ? "unknown" : truthOf(facts.confidence < below),
  );
  say(when.says, (sentences) => or(sentences.map((one) => isTrue(one, facts.sentences))));
  say(when.language, (names) => isOneOf(facts.language, names));
  say(when.topic, (names) => isOneOf(facts.topic === null ? "none" : facts.topic, names));
  say(when.sentiment, (names) => isOneOf(facts.sentiment, names));
  say(when.urgency, (names) => isOneOf(facts.urgency, names));
  say(when.intent, (names) => isOneOf(facts.intent, names));
  return said;
}

/** Whether people are at work, by the hours of the team that has the conversation. */
function arePeopleAt(plan: HoursPlan, { teamId, schedules, at }: Facts): Truth {
  const hours = hoursFor(plan, teamId, schedules);
  return hours === unknown ? "unknown" : truthOf(isOpen(hours, at));
}

function known<Key extends keyof Customer>(
  customer: Fact<Customer>,
  key: Key,
): Customer[Key] | typeof unknown {
  return customer === unknown ? unknown : customer[key];
}

function countryOf(customer: Fact<Customer>): Fact<string | null> {
  return customer === unknown ? unknown : String(customer.attributes.country ?? "");
}

/** Whether it is true of one of the customer's companies. */
function ofCompanies(customer: Fact<Customer>, truth: (company: Company) => Truth): Truth {
  const companies = known(customer, "companies");
  return companies === unknown ? "unknown" : or(companies.map(truth));
}

const dayMs = 86_400_000;

function hadSuch(
  conversations: Fact<PreviousConversation[]>,
  { atLeast, withinDays, state, ratingAtMost }: PreviousTest,
  now: number,
): Truth {
  if (conversations === unknown) return "unknown";
  const such = conversations.filter(
    (one) =>
      (withinDays === undefined || now - one.at <= withinDays * dayMs) &&
      (state === undefined || state.includes(one.state)) &&
      (ratingAtMost === undefined || (one.rating !== null && one.rating <= ratingAtMost)),
  );
  return truthOf(such.length >= atLeast);
}

function isTrue(sentence: string, judged: Fact<JudgedSentence[]>): Truth {
  if (judged === unknown) return "unknown";
  const found = judged.find((one) => one.sentence === sentence)?.holds ?? null;
  return found === null ? "unknown" : truthOf(found);
}

function truthOf(isTrue: boolean): Truth {
  return isTrue ? "yes" : "no";
}

function isOneOf(fact: Fact<string | null | string[]>, names: string[]): Truth {
  if (fact === unknown) return "unknown";
  const wanted = new Set(names.map(plain));
  const given = Array.isArray(fact) ? fact : [fact];
  return truthOf(given.some((name) => name !== null && wanted.has(plain(name))));
}

function fitsPattern(url: string | null, patterns: string[]): Truth {
  if (url === null) return "no";
  return truthOf(patterns.some((pattern) => fits(plain(url), plain(pattern))));
}

/** `*` stands for anything; without regular expressions, so that no pattern can take for ever. */
function fits(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (!text.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** Whole words; in scripts that put no blanks between them, anywhere. */
function containsWords(text: string, words: string): boolean {
  const wanted = asWords(words);
  if (wanted === "") return false;
  const given = asWords(text);
  if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Hangul}]/u.test(wanted)) {
    return given.replaceAll(" ", "").includes(wanted.replaceAll(" ", ""));
  }
  return ` ${given} `.includes(` ${wanted} `);
}

function passAll(attributes: Fact<Attributes>, tests: Record<string, ValueTest>): Truth {
  if (attributes === unknown) return "unknown";
  // Names are Intercom's display names and are matched as they are: two may differ in case alone.
  return and(Object.entries(tests).map(([name, test]) => passes(attributes[name] ?? null, test)));
}

function passes(value: AttributeValue, test: ValueTest): Truth {
  if (test.isSet !== undefined && test.isSet !== (value !== null)) return "no";
  if (test.isOneOf !== undefined && !test.isOneOf.some((wanted) => isEqual(value, wanted))) {
    return "no";
  }
  if (test.contains !== undefined && !plain(String(value ?? "")).includes(plain(test.contains))) {
    return "no";
  }
  if (test.atLeast === undefined && test.atMost === undefined) return "yes";
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (number === null || number === "") return "no";
  // Asked for a number and found words: nobody can say.
  if (typeof number !== "number" || Number.isNaN(number)) return "unknown";
  const isEnough = test.atLeast === undefined || number >= test.atLeast;
  return truthOf(isEnough && (test.atMost === undefined || number <= test.atMost));
}

/** Intercom hands on numbers and truths as text where a list attribute holds them. */
function isEqual(value: AttributeValue, wanted: AttributeValue): boolean {
  if (value === null || wanted === null) return value === wanted;
  return plain(String(value)) === plain(String(wanted));
}
