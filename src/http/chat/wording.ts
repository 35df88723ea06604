import type { Decision } from "../../core/types.ts";

// What people read on the page and that cards and notes do not say.

/** What production does with a draft. */
export const decisionLabels: Record<Decision["action"], string> = {
  reply: "Reply",
  review: "Review",
  note: "Note",
  "hand-off": "Hand over",
  offer: "Offer a colleague",
  "stay-quiet": "Stay quiet",
};

export const sentences = {
  superseded: "The customer has written again; a newer draft takes the place of this one.",
  alreadySettled: "This draft has been decided already.",
  noSuchDraft: "There is no such draft in this session.",
  editedTextMissing: "An edited reply needs its text.",
  nothingToTeach:
    "Nothing is known any more of how this answer came about: ask again, and teach the new answer.",
  betterTextMissing: "What should it have said? Write it down, so that it can be remembered.",
  noQuestion:
    "Nothing was remembered: without what was said before, the customer's message is no question.",
  lessonNotKept: "The answer memory did not take it; the log says why. Try again.",
  rejected: "Rejected: nothing was sent.",
  takenForSpam:
    "The model takes this for spam; in production nothing is sent and an internal note says so.",
  emptyDraft:
    "The model wrote no reply; in production a note asks a person to answer, and a card where Slack is set up.",
  notRemembered: "Sent, but the answer memory did not take it.",
  failed: "No answer came about, and the log says why. Try again.",
  sessionFull: "This session is long enough: begin a new one.",
  tooManySessions: "Too many sessions are open: delete one first.",
  tooManyTabs: "Too many tabs look at this session.",
  noSuchSession: "There is no such session (any more).",
  noFile: "This is no file: send its bytes, up to 20 MB, and its name as ?name=…",
  unreadable: "This is not a message that the service understands; see docs/chat-protocol.md.",
  noIntercom: "Real conversations can be read in mock mode with MOCK_READS_INTERCOM=true only.",
  noSuchConversation: "There is no conversation with this id in your Intercom workspace.",
  intercomDown: "Intercom could not be read; the log says why. Try again.",
  noAddress: "Name the address of a documentation site, such as https://docs.example.com.",
  noTrial:
    "There are no conversations to try it on: set MOCK_MODE=true, and MOCK_READS_INTERCOM=true for your own.",
  noSuchRun: "There is no such run; there are trial and backtest.",
  noSuchCase: "There is no such case in the newest run (any more): load the page again.",
  unknownStep: "A step is choose, choose-anew or draft.",
  unknownLabel: "A label is ok (could go out as it is), edit (would do with an edit) or wrong.",
};

/** Why no draft came about, and what production makes of that. */
export function modelFailed(explanation: string): string {
  return `${explanation} In production a note asks a person to answer, and a card where Slack is set up.`;
}
