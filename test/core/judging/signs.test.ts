import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { saysSign } from "../../../src/core/judging/signs.ts";
import { type Sign, signs } from "../../../src/core/policy.ts";

const said: [Sign, string[]][] = [
  [
    "legal_threat",
    [
      "My lawyer will be in touch.",
      "Sonst schalte ich meinen Anwalt ein",
      "je vais porter plainte",
      "Voy a demandar",
      "弁護士に相談します",
    ],
  ],
  ["person_in_danger", ["I want to kill myself", "ich denke an Suizid", "想自杀"]],
  [
    "security_incident",
    [
      "My account was HACKED!",
      "Someone changed my password",
      "Mein Konto wurde gehackt",
      "mi cuenta fue hackeada",
      "不正アクセスがありました",
    ],
  ],
  [
    "data_request",
    [
      "Please delete all my data",
      "Bitte löschen Sie meine Daten",
      "supprimez mes donnees",
      "This is a GDPR request.",
    ],
  ],
  [
    "payment_dispute",
    [
      "Can I get a refund?",
      "I want my money back",
      "You charged me twice",
      "Es wurde doppelt abgebucht",
      "quiero un reembolso",
      "我要退款",
    ],
  ],
  [
    "cancellation",
    [
      "I'd like to cancel",
      "Hi! Please cancel my subscription. Thanks",
      "Hiermit kündige ich",
      "je souhaite résilier",
      "解約したいです",
    ],
  ],
];
const notSaid = [
  "How do I cancel my subscription?",
  "Hello there, how can I cancel my account?",
  "What happens if I cancel my subscription",
  "Wie kann ich mein Abo kündigen?",
  "Comment annuler mon abonnement ?",
  "¿Cómo puedo cancelar mi cuenta?",
  "How long does a refund take?",
  "How do I get a refund?",
  "What is your refund policy?",
  "Error 500",
  "I lost my password",
  "How do I delete a contact?",
  "Where do I find the terms of service?",
  "Can I court more clients with newsletters?",
  "How do I report a data breach to my customers?",
  "解約の方法を教えてください",
];

describe("what a message says in so many words", () => {
  it.each(said.flatMap(([sign, texts]) => texts.map((text) => [sign, text] as const)))(
    "%s: %j",
    (sign, text) => {
      expect(saysSign(text, sign)).toBe(true);
    },
  );

  it.each(notSaid)("none of it: %j", (text) => {
    expect(signs.filter((sign) => saysSign(text, sign))).toEqual([]);
  });

  it("is not asked how, when another sentence says it", () => {
    expect(saysSign("How do I log in? Or no: please cancel my subscription.", "cancellation")).toBe(
      true,
    );
  });
});

const questions = new URL("../../../../shared/data/wixqa-sample.jsonl", import.meta.url);
const isThere = existsSync(questions);

describe.skipIf(!isThere)(
  isThere ? "questions of real customers" : "questions of real customers (skipped: not at hand)",
  () => {
    it("hardly ever say any of it", () => {
      const texts = readFileSync(questions, "utf8")
        .trim()
        .split("\n")
        .map((line) => String(JSON.parse(line).question));
      const heard = texts.filter((text) => signs.some((sign) => saysSign(text, sign)));
      expect(heard.length / texts.length).toBeLessThan(0.03);
    });
  },
);
