import { describe, expect, it } from "vitest";
import { isFromMachine } from "../../../src/core/judging/automatic-sender.ts";
import type { Author } from "../../../src/core/types.ts";
import { conversation, customer, noon, part, us } from "../../fixtures/conversations.ts";

const alone = (text: string, author: Author = customer) => {
  const message = part(author, text);
  return isFromMachine(conversation([message]), [message]);
};

describe("isFromMachine", () => {
  it.each([
    "Out of Office: I am back on Monday.",
    "This is an automatic reply. I am currently on annual leave until 3 May.",
    "Delivery Status Notification (Failure)",
    "Undeliverable: Export",
    "Abwesenheitsnotiz: Ich bin bis Montag nicht erreichbar.",
    "Ich bin derzeit nicht im Büro und lese keine Mails.",
    "Réponse automatique : Export",
    "Je suis actuellement en congés.",
    "Respuesta automática: Exportación",
    "Estoy fuera de la oficina hasta el lunes.",
    "Risposta automatica: Esportazione",
    "Sono in ferie fino a lunedì.",
    "Resposta automática: Exportação",
    "Estou de férias até segunda-feira.",
    "Automatisch antwoord: Export",
    "Ik ben momenteel afwezig.",
    "Automatyczna odpowiedź: Eksport",
    "Jestem na urlopie do poniedziałku.",
    "Autosvar: Export",
    "自動返信：不在にしております",
  ])("knows what says of itself that a program sent it: %s", (text) => {
    expect(alone(text)).toBe(true);
  });

  it.each([
    "How do I set an out-of-hours message?",
    "How do I reset my password?",
    "I am on the annual plan, can I leave it?",
    "My mail was not delivered, why?",
    "Can I invite people while I am away?",
    "Wie richte ich meinen Urlaub ein?",
    "yes",
  ])("takes a person for a person: %s", (text) => {
    expect(alone(text)).toBe(false);
  });

  it.each([
    ["no-reply@shop.example", true],
    ["noreply+5@shop.example", true],
    ["do-not-reply@shop.example", true],
    ["MAILER-DAEMON@mail.example", true],
    ["nora.reply@shop.example", false],
    ["ada@noreply.example", false],
    [null, false],
  ])("looks at who sends: %s", (email, isMachine) => {
    expect(alone("Your parcel has left.", { ...customer, email })).toBe(isMachine);
  });

  it("knows the same words for the third time, and leaves a person one repetition", () => {
    const same = () => part(customer, "Your message no. 7 has been received by our team.");
    const once = [same(), part(us, "Hello"), same()];
    expect(isFromMachine(conversation(once), once.slice(-1))).toBe(false);
    const twice = [...once, part(us, "Hello again"), same()];
    expect(isFromMachine(conversation(twice), twice.slice(-1))).toBe(true);
    const impatient = [same(), same(), same()];
    expect(isFromMachine(conversation(impatient), impatient)).toBe(false);
  });

  it("knows two answers in a row that came faster than anybody types", () => {
    const said = (pauseMs: number) => [
      part(customer, "One question", { at: noon }),
      part(us, "An answer", { at: noon + 60_000 }),
      part(customer, "We have received your message and will look at it.", { at: noon + 61_000 }),
      part(us, "Another answer", { at: noon + 120_000 }),
      part(customer, "We have received your other message and will look at it.", {
        at: noon + 120_000 + pauseMs,
      }),
    ];
    expect(isFromMachine(conversation(said(1_000)), said(1_000).slice(-1))).toBe(true);
    expect(isFromMachine(conversation(said(30_000)), said(30_000).slice(-1))).toBe(false);
  });

  /** A customer's messages so many seconds apart, each a second after our reply to the one before. */
  const beside = (seconds: number, texts: string[]) =>
    texts.flatMap((text, index) => {
      const at = noon + index * seconds * 1_000;
      const reply = part(us, "An answer", { at: at - 1_000 });
      return [...(index === 0 ? [] : [reply]), part(customer, text, { at })];
    });

  it.each([
    [
      "typed one after the other",
      6,
      [
        "Hi there",
        "my export stopped at the last row of the table",
        "can you look at the log of this morning?",
      ],
    ],
    ["that were ready", 1, ["Hello", "How do I reset my password?", "How do I cancel my plan?"]],
    ["picked from buttons", 60, ["What can I do?", "Yes, please", "Talk to a person"]],
  ])(
    "takes short messages, %s, for a person's though our replies land between",
    (_, pause, texts) => {
      const said = beside(pause, texts);
      expect(isFromMachine(conversation(said), said.slice(-1))).toBe(false);
    },
  );

  it("knows what is too long to be typed so soon, and what comes beside each reply", () => {
    const long = (index: number) =>
      `Thank you for your message no. ${index}. Somebody of our team will come back to you within a day.`;
    const notices = beside(5, [long(1), long(2), long(3)]);
    expect(isFromMachine(conversation(notices), notices.slice(-1))).toBe(true);
    const short = beside(5, ["Taken", "Under way", "Checked", "Passed on", "Filed", "Over"]);
    expect(isFromMachine(conversation(short), short.slice(-1))).toBe(true);
    expect(isFromMachine(conversation(short.slice(0, -2)), short.slice(-3, -2))).toBe(false);
  });
});
