import type { BacktestCase } from "./backtest-case.ts";

/** Questions about the same matter that no source answers. */
export type ContentGap = {
  /** By their place in what was given, from 0; the one that stands for all comes first. */
  cases: number[];
  /** What most customers asked, in the words of one of them. */
  question: string;
  /** What most teammates said, in the words of one of them: the beginning of an article. */
  answer: string;
};

/** From that likeness on two questions are about the same matter; 0 to 1. */
const sameMatter = 0.25;

/**
 * Groups the questions that the sources could not answer, the most frequent first. Each is put to the
 * group it is most like, by the words that are rare among all questions of the run (cosine of tf-idf), or begins
 * one of its own. Questions in two languages share few words and are two groups.
 *
 * Without a judge, those count whose draft rests on no source.
 */
export function contentGaps(cases: BacktestCase[]): ContentGap[] {
  const weigh = weighing(cases.map(({ question }) => question));
  const isJudged = cases.some(({ judgement }) => judgement !== null);
  const open = cases.flatMap((one, index) => {
    const isOpen = isJudged ? one.judgement?.isAnswerable === false : restsOnNothing(one);
    return isOpen ? [{ index, question: weigh(one.question), answer: weigh(one.answer) }] : [];
  });
  const groups: { members: typeof open; sum: Weights }[] = [];
  const groupFor = (question: Weights) => {
    const [best] = groups
      .map((group) => ({ group, likeness: cosine(group.sum, question) }))
      .sort((a, b) => b.likeness - a.likeness);
    if (best !== undefined && best.likeness >= sameMatter) return best.group;
    const begun: (typeof groups)[number] = { members: [], sum: new Map() };
    groups.push(begun);
    return begun;
  };
  for (const one of open) {
    const group = groupFor(one.question);
    group.members.push(one);
    for (const [word, weight] of one.question) {
      group.sum.set(word, (group.sum.get(word) ?? 0) + weight);
    }
  }
  return groups
    .map(({ members }) => {
      const first = mostLikeAll(members, ({ question }) => question);
      const answered = mostLikeAll(members, ({ answer }) => answer);
      const others = members.filter((one) => one !== first).map(({ index }) => index);
      return {
        cases: [first.index, ...others],
        question: cases[first.index]?.question ?? "",
        answer: cases[answered.index]?.answer ?? "",
      };
    })
    .sort((one, other) => other.cases.length - one.cases.length);
}

function restsOnNothing({ draft }: BacktestCase): boolean {
  return draft !== null && draft.sources.length === 0;
}

type Weights = Map<string, number>;

/** The one that has most in common with all of them; of equals the first. */
function mostLikeAll<T>(members: T[], weightsOf: (one: T) => Weights): T {
  const sum: Weights = new Map();
  for (const member of members) {
    for (const [word, weight] of weightsOf(member)) sum.set(word, (sum.get(word) ?? 0) + weight);
  }
  const [best] = members
    .map((member) => ({ member, likeness: cosine(sum, weightsOf(member)) }))
    .sort((one, other) => other.likeness - one.likeness);
  return best?.member ?? (members[0] as T);
}

/** Words by how rare they are among all texts, as one vector of length 1. */
function weighing(texts: string[]): (text: string) => Weights {
  const documents = new Map<string, number>();
  for (const text of texts) {
    for (const word of new Set(wordsOf(text))) documents.set(word, (documents.get(word) ?? 0) + 1);
  }
  return (text) => {
    const weights: Weights = new Map();
    for (const word of new Set(wordsOf(text))) {
      weights.set(word, Math.log((1 + texts.length) / (documents.get(word) ?? 1)));
    }
    const length = Math.hypot(...weights.values());
    for (const [word, weight] of weights) weights.set(word, weight / length);
    return weights;
  };
}

function cosine(one: Weights, other: Weights): number {
  let product = 0;
  for (const [word, weight] of other) product += weight * (one.get(word) ?? 0);
  const length = Math.hypot(...one.values()) * Math.hypot(...other.values());
  return length === 0 ? 0 : product / length;
}

function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ isWordLike, segment }) =>
    // An order's number says nothing of what is asked about it.
    isWordLike && !/^\p{N}+$/u.test(segment) ? segment.toLowerCase() : [],
  );
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
