import { createGrouping, mostLikeAll, weighing } from "../question-groups.ts";
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
  const grouping = createGrouping<(typeof open)[number]>();
  for (const one of open) grouping.add(one, one.question);
  return grouping
    .groups()
    .map((members) => {
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
