/** What is kept of conversations beside memory and cards. */
export type KeptBeside = {
  /** Removes what is kept of that conversation. Never throws. */
  forget(conversationId: string): Promise<void>;
  /** Removes customers' words that are older than that time (ms). @throws Error of the file system */
  forgetBefore(time: number): Promise<void>;
};
