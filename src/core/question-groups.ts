// Questions about the same matter put together by the words that are rare among all of them.

/** From that likeness on two questions are about the same matter; 0 to 1. */
const sameMatter = 0.25;

/** The words of a text by how rare they are, as a vector of length 1. */
export type Weights = Map<string, number>;

/** Takes questions one by one, so that whoever has many can pause between them. */
export type Grouping<T> = {
  /** Puts it to the group that it is most like, or begins one. */
  add(member: T, question: Weights): void;
  /** In the order in which they were begun. */
  groups(): T[][];
};

/** By the cosine of tf-idf. Questions in two languages share few words and are two groups. */
export function createGrouping<T>(): Grouping<T> {
  const groups: { members: T[]; sum: Weights }[] = [];
  return {
    add(member, question) {
      const [best] = groups
        .map((group) => ({ group, likeness: cosine(group.sum, question) }))
        .sort((a, b) => b.likeness - a.likeness);
      let group = best !== undefined && best.likeness >= sameMatter ? best.group : undefined;
      if (group === undefined) {
        group = { members: [], sum: new Map() };
        groups.push(group);
      }
      group.members.push(member);
      for (const [word, weight] of question) {
        group.sum.set(word, (group.sum.get(word) ?? 0) + weight);
      }
    },
    groups: () => groups.map(({ members }) => members),
  };
}

/** The one that has most in common with all of them; of equals the first. */
export function mostLikeAll<T>(members: T[], weightsOf: (one: T) => Weights): T {
  const sum: Weights = new Map();
  for (const member of members) {
    for (const [word, weight] of weightsOf(member)) sum.set(word, (sum.get(word) ?? 0) + weight);
  }
  const [best] = members
    .map((member) => ({ member, likeness: cosine(sum, weightsOf(member)) }))
    .sort((one, other) => other.likeness - one.likeness);
  return best?.member ?? (members[0] as T);
}

/** How to weigh a text's words by how rare they are among all these texts. */
export function weighing(texts: string[]): (text: string) => Weights {
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
