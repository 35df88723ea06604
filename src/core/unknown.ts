/** What is not known yet. It is neither yes nor no, and every rule that meets it leans to people. */
export const unknown: unique symbol = Symbol("unknown");
export type Fact<T> = T | typeof unknown;
