import type { Escalation } from "../policy.ts";

/** After so many turns of the customer a person looks, whatever was answered. */
const longConversation = 11;
/** Who was asked so often in a row and still cannot be answered is better asked by a person. */
const mostQuestionsBack = 2;
/** A draft this unsure is not worth a rewording: somebody must answer. */
const confidenceFloor = 0.4;

/**
 * On unless the policy file changes or switches them off, by these names. They stand behind its own
 * rules, in this order; the first that fits is the one that is named.
 */
export const builtInEscalations: Escalation[] = [
  {
    name: "urgent_problem",
    when: { sign: ["person_in_danger", "security_incident"] },
    step: "at-once",
    to: null,
    tell: null,
  },
  {
    name: "human_request",
    when: { sign: ["asked_for_person"] },
    step: "at-once",
    to: null,
    tell: null,
  },
  { name: "legal_threat", when: { sign: ["legal_threat"] }, step: "at-once", to: null, tell: null },
  { name: "data_request", when: { sign: ["data_request"] }, step: "review", to: null, tell: null },
  {
    name: "payment_dispute",
    when: { sign: ["payment_dispute"] },
    step: "review",
    to: null,
    tell: null,
  },
  { name: "cancellation", when: { sign: ["cancellation"] }, step: "review", to: null, tell: null },
  {
    name: "user_frustrated",
    when: { intent: ["complaint"] },
    step: "offer-first",
    to: null,
    tell: null,
  },
  {
    name: "same_question_again",
    when: { sameQuestionAgain: true },
    step: "review",
    to: null,
    tell: null,
  },
  {
    name: "conversation_too_long",
    when: { customerTurns: { atLeast: longConversation } },
    step: "review",
    to: null,
    tell: null,
  },
  {
    name: "incomplete_info",
    when: { questionsBack: { atLeast: mostQuestionsBack + 1 } },
    step: "at-once",
    to: null,
    tell: null,
  },
  {
    name: "confidence_floor",
    when: { confidence: { below: confidenceFloor } },
    step: "review",
    to: null,
    tell: null,
  },
  { name: "vip", when: { tag: ["VIP"] }, step: "review", to: null, tell: null },
];

type Words = {
  /** Why it asks for a person, for cards, notes and pages. */
  why: string;
  /** In the two or three words that a phone shows. */
  inShort: string;
  /** Whether its card should be opened before all others. */
  isUrgent: boolean;
};

/** What people read of a built-in rule, by its name. */
export const builtInWords: Record<string, Words> = {
  urgent_problem: {
    why: "It is about somebody's safety, or about security",
    inShort: "Safety or security",
    isUrgent: true,
  },
  human_request: {
    why: "The customer asks for a person",
    inShort: "Asks for a person",
    isUrgent: true,
  },
  legal_threat: {
    why: "The customer speaks of legal steps",
    inShort: "Speaks of legal steps",
    isUrgent: true,
  },
  data_request: {
    why: "The customer asks for their data to be deleted or handed out",
    inShort: "Privacy request",
    isUrgent: false,
  },
  payment_dispute: {
    why: "The customer disputes a payment or wants money back",
    inShort: "Wants money back",
    isUrgent: false,
  },
  cancellation: {
    why: "The customer wants to cancel",
    inShort: "Wants to cancel",
    isUrgent: false,
  },
  user_frustrated: { why: "The customer complains", inShort: "Complains", isUrgent: false },
  same_question_again: {
    why: "The customer asks again what was answered already",
    inShort: "Asks the same again",
    isUrgent: false,
  },
  conversation_too_long: {
    why: "The conversation has gone on for many messages",
    inShort: "Goes on and on",
    isUrgent: false,
  },
  incomplete_info: {
    why: "The customer was asked back twice in a row, and something is still missing",
    inShort: "Asked back twice",
    isUrgent: false,
  },
  confidence_floor: {
    why: "The model is very unsure of the draft",
    inShort: "Very unsure",
    isUrgent: false,
  },
  vip: { why: "The conversation has the tag VIP", inShort: "VIP", isUrgent: false },
};
