/** What is clicked, as cards and clicks name it. */
export const actionIds = {
  approve: "review_approve",
  edit: "review_edit",
  write: "review_write",
  reject: "review_reject",
  more: "review_more",
  redraft: "review_redraft",
  fillIn: "review_fill_in",
  takeOver: "review_take_over",
  checkAndRetry: "review_check",
  open: "review_open",
  good: "audit_good",
  wrong: "audit_wrong",
  replyWasWrong: "review_reply_was_wrong",
  letGo: "ladder_let_go",
  putOff: "ladder_put_off",
} as const;

/** The modals. */
export const callbackIds = {
  edit: "review_edit_form",
  editNevertheless: "review_edit_nevertheless_form",
  reject: "review_reject_form",
  redraft: "review_redraft_form",
  fillIn: "review_fill_in_form",
  wrong: "audit_wrong_form",
  replyWasWrong: "review_reply_was_wrong_form",
} as const;
