const vocabularySize = 40_000;

/**
 * Words drawn by Zipf's law from an invented vocabulary, with English function words in front, so
 * that a query of 60 words touches most of an index as a real one does.
 */
export function createWords(random: () => number) {
  const vocabulary = inventedVocabulary();
  const draw = zipfDraw(vocabulary, random);
  return {
    draw,
    /** @param length how many words, rounded */
    sentence: (length: number) => Array.from({ length: Math.round(length) }, draw).join(" "),
    /** Frequent, but no function word. @param at from 0 to 1 */
    commonWord: (at: number) => vocabulary[100 + Math.floor(at * 60)] ?? "",
  };
}

/** The most frequent are real function words, the others are made of syllables. */
function inventedVocabulary(): string[] {
  const common =
    "the to i you and a is it of in my on for can this that not have with how do be me we are your account was but if when so what at or please from now am will they get just an up has as all there no out been would like new by our use".split(
      " ",
    );
  const syllables = "ba de fi go lu ma ne pi ro su ta ve zi ko du la mi no pe ra".split(" ");
  return Array.from({ length: vocabularySize }, (_, rank) => {
    let word = common[rank] ?? "";
    if (word !== "") return word;
    for (let rest = rank + 400; rest > 0; rest = Math.floor(rest / syllables.length)) {
      word += syllables[rest % syllables.length];
    }
    return word;
  });
}

/** Draws words as often as Zipf's law (with Mandelbrot's shift) says of their rank. */
function zipfDraw(vocabulary: string[], random: () => number): () => string {
  const cumulative = new Float64Array(vocabularySize);
  let sum = 0;
  for (let rank = 0; rank < vocabularySize; rank++) {
    sum += 1 / (rank + 2.7);
    cumulative[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = vocabularySize - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return vocabulary[low] ?? "";
  };
}
