// https://docs.slack.dev/reference/block-kit/blocks and …/block-elements, unless said otherwise.

/** Text of a section. */
export const sectionTextLimit = 3000;
/** Value of a button. */
export const buttonValueLimit = 2000;
/** `private_metadata` of a view. */
export const privateMetadataLimit = 3000;
/**
 * All texts of a message together. Slack names no number for `msg_blocks_too_long`; people report it
 * from about 11,000 characters on (https://github.com/slackapi/bolt-js/issues/2867).
 */
export const messageTextLimit = 10_000;
