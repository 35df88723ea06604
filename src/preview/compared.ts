import type { PreviewedCase } from "../core/proving/preview.ts";

/** One set of cases, and where it comes from. */
export type Compared = {
  title: string;
  cases: PreviewedCase[];
  /** Whether the drafts themselves may differ, and not only what becomes of them. */
  isDraftedAnew: boolean;
};
