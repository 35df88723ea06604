/**
 * The languages whose word endings every supported PostgreSQL knows (its Snowball stemmers), by ISO
 * 639-1 code: https://www.postgresql.org/docs/14/textsearch-dictionaries.html
 * For English the older rules are taken, which are FTS5's, so that both memories find the same.
 */
export const searchLanguages = [
  ["ar", "arabic"],
  ["ca", "catalan"],
  ["da", "danish"],
  ["de", "german"],
  ["el", "greek"],
  ["en", "porter"],
  ["es", "spanish"],
  ["eu", "basque"],
  ["fi", "finnish"],
  ["fr", "french"],
  ["ga", "irish"],
  ["hi", "hindi"],
  ["hu", "hungarian"],
  ["hy", "armenian"],
  ["id", "indonesian"],
  ["it", "italian"],
  ["lt", "lithuanian"],
  ["ne", "nepali"],
  ["nl", "dutch"],
  ["no", "norwegian"],
  ["pt", "portuguese"],
  ["ro", "romanian"],
  ["ru", "russian"],
  ["sr", "serbian"],
  ["sv", "swedish"],
  ["ta", "tamil"],
  ["tr", "turkish"],
  ["yi", "yiddish"],
] as const;
