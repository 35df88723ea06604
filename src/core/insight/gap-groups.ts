import { createGrouping, mostLikeAll, weighing } from "../question-groups.ts";

/** What several customers asked and the service had no answer to. */
export type GapGroup = {
  /** In the words of the one who is most like all of them. */
  question: string;
  /** The conversation in which it was asked so. */
  url: string;
  /** In how many conversations. */
  count: number;
  /** Weeks in which it was asked, by their Monday (UTC, milliseconds since 1970), oldest first. */
  weeks: { monday: number; count: number }[];
};

const mostGroups = 15;
/** Grouping compares each with each group; of more the newest tell enough. */
const mostGrouped = 1_000;
const dayMs = 86_400_000;
/** 1 January 1970 was a Thursday, three days after a Monday. */
const firstMonday = -3 * dayMs;

/** Questions about the same matter together, those of most conversations first; single ones left out. */
export function gapGroups(gaps: { text: string; url: string; at: number }[]): GapGroup[] {
  const newest = gaps.toSorted((one, other) => other.at - one.at).slice(0, mostGrouped);
  const weigh = weighing(newest.map(({ text }) => text));
  const grouping = createGrouping<(typeof newest)[number]>();
  for (const gap of newest) grouping.add(gap, weigh(gap.text));
  return grouping
    .groups()
    .filter((members) => members.length > 1)
    .sort((one, other) => other.length - one.length)
    .slice(0, mostGroups)
    .map((members) => {
      const { text, url } = mostLikeAll(members, (one) => weigh(one.text));
      const byWeek = Map.groupBy(members, ({ at }) => mondayOf(at));
      const weeks = [...byWeek].map(([monday, its]) => ({ monday, count: its.length }));
      return {
        question: text,
        url,
        count: members.length,
        weeks: weeks.sort((one, other) => one.monday - other.monday),
      };
    });
}

function mondayOf(at: number): number {
  return firstMonday + Math.floor((at - firstMonday) / (7 * dayMs)) * 7 * dayMs;
}
