import { evidenceFor } from "../knowledge/evidence.ts";
import type { Draft, Source } from "../types.ts";

/** What can be told without a model: each finding is a sentence that says what is wrong. */
export type CodeFinding = { criterion: "supported" | "consistent"; says: string };

/**
 * Numbers and links that stand nowhere, and numbers that differ from the teammate's for the same
 * thing ("14 days", "30 days").
 *
 * @param recalled what the draft could rest on
 * @param said what was said in the conversation before
 * @param answer what the teammate said
 */
export function codeFindings(
  { reply, usedSources, unknownLinks }: Pick<Draft, "reply" | "usedSources" | "unknownLinks">,
  recalled: Source[],
  said: string[],
  answer: string,
): CodeFinding[] {
  const usedIds = new Set(usedSources.map(({ id }) => id));
  const others = recalled.filter(({ id }) => !usedIds.has(id));
  const numbers = evidenceFor(reply, { used: usedSources, others }, [...said, answer]).flatMap(
    ({ unknownNumbers }) => unknownNumbers,
  );
  return [
    ...unknownLinks.map((link) => supported(`The link ${link} stands in no source`)),
    ...[...new Set(numbers)].map((number) => supported(`${number} stands in no source`)),
    ...differingAmounts(reply, answer),
  ];
}

function supported(says: string): CodeFinding {
  return { criterion: "supported", says };
}

function differingAmounts(reply: string, answer: string): CodeFinding[] {
  const theirs = amountsIn(answer);
  return [...amountsIn(reply)].flatMap(([unit, ours]): CodeFinding[] => {
    const others = theirs.get(unit);
    if (others === undefined || [...ours].some((number) => others.has(number))) return [];
    const says = `It says ${[...ours].join(", ")} ${unit}, the teammate ${[...others].join(", ")} ${unit}`;
    return [{ criterion: "consistent", says }];
  });
}

/** Numbers by the word behind them, which is what they count. */
function amountsIn(text: string): Map<string, Set<string>> {
  const amounts = new Map<string, Set<string>>();
  for (const [, number = "", unit = ""] of text.matchAll(amount)) {
    const name = unit.toLowerCase();
    amounts.set(name, (amounts.get(name) ?? new Set()).add(number));
  }
  return amounts;
}

/** Not "1. Open": what counts the steps of a list is followed by a full stop. */
const amount = /(?<![\p{L}\p{N}.,])(\p{N}+(?:[.,]\p{N}+)*)[ \u00a0]?(%|€|\$|£|\p{L}{2,})/gu;
