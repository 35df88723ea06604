/**
 * The tokenizer of every full-text table: English word stems, no case, no accents. Marks count as
 * letters, without which Thai and Hindi words fall apart at their vowel signs. It takes the same
 * characters for parts of a word as `toWords`.
 */
export const ftsTokenizer = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'";
