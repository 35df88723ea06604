import type { DraftRequest } from "../core/ports.ts";
import type { Part } from "../core/types.ts";

/** A made-up customer who asks what a made-up article answers; nobody's words leave the machine. */
export function sampleRequest(at: number): DraftRequest {
  const contact = { id: "doctor", name: "Ada" };
  const question: Part = {
    id: "1",
    kind: "comment",
    author: { role: "customer", ...contact, email: null },
    text: "Hi, how do I reset my password?",
    attachments: [],
    isAiAnswer: false,
    isOutOfSight: false,
    isOfUnknownType: false,
    at,
    opens: true,
    closes: false,
    assignedTo: null,
    assigns: null,
  };
  return {
    conversation: {
      id: "doctor",
      state: "open",
      contact,
      customer: null,
      shownFacts: [],
      channel: "conversation",
      ticket: null,
      subject: null,
      tags: [],
      pageUrl: null,
      teamId: null,
      assigneeId: null,
      attributes: {},
      fin: "absent",
      parts: [question],
      isCut: false,
      lastTeammateReplyAt: null,
      url: "https://example.com/doctor",
      updatedAt: at,
      readAt: at,
    },
    turn: { basePartId: question.id, messages: [question], earlier: [] },
    history: [],
    recall: {
      query: question.text,
      sources: [
        {
          id: "doctor",
          kind: "article",
          title: "Reset your password",
          url: "https://example.com/reset",
          text: "Open Settings, choose Security and press Reset password. The link in the mail is valid for one hour.",
          score: 0.9,
          language: "en",
          at: null,
          isInternal: false,
        },
      ],
      margin: 0,
      agreement: 0,
      failures: [],
    },
  };
}
