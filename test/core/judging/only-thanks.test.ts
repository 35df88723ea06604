import { describe, expect, it } from "vitest";
import { isOnlyThanks, isOnlyThanksForAnAnswer } from "../../../src/core/judging/only-thanks.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Part } from "../../../src/core/types.ts";
import { conversation, customer, fin, part, teammate, us } from "../../fixtures/conversations.ts";

const names = ["Ada Lovelace", "Grace Hopper"];

describe("isOnlyThanks", () => {
  it.each([
    "👍",
    "❤️",
    "🙏🏽 🙏🏽",
    ":)",
    "Thanks!",
    "ok thx!!",
    "Perfect, thank you so much for your quick help Grace!",
    "Thanks Grace, have a great day. Best, Ada",
    "that worked, thanks a lot",
    "bye!",
    "Danke dir :)",
    "Alles klar, vielen Dank und schönen Tag noch!",
    "Merci beaucoup, bonne journée",
    "¡Muchas gracias! Saludos",
    "Muito obrigado!",
    "Grazie mille 😊",
    "Top, bedankt!",
    "Dziękuję bardzo",
    "Tack så mycket!",
    "Mange tak",
    "Tusen takk!",
    "Kiitos paljon",
    "Děkuji",
    "Mulțumesc",
    "Teşekkürler",
    "Köszönöm szépen!",
    "Спасибо большое!",
    "Дякую",
    "Ευχαριστώ πολύ",
    "ありがとうございます！",
    "谢谢",
    "감사합니다",
    "شكرا جزيلا",
    "תודה רבה",
    "धन्यवाद",
    "Cảm ơn bạn",
    "Terima kasih",
    "ขอบคุณครับ",
  ])("%s", (text) => {
    expect(isOnlyThanks(text, names)).toBe(true);
  });

  it.each([
    "",
    "ok",
    "yes",
    "no thanks",
    "yes please, thanks",
    "👎",
    "😡",
    "Thanks in advance",
    "Danke im Voraus",
    "Merci d'avance",
    "Thanks, but it still fails",
    "Thanks for nothing",
    "thanks but no thanks",
    "Thanks. And on mobile?",
    "Danke, und wie lösche ich es",
    "thanks 😡",
    "Thanks Zebra Plan",
    "Thank you for cancelling my plan without asking me",
    "Thanks 12345",
    "bye bye subscription",
    "谢谢，但是还不行",
  ])("more than that: %s", (text) => {
    expect(isOnlyThanks(text, names)).toBe(false);
  });
});

describe("isOnlyThanksForAnAnswer", () => {
  const holds = (parts: Part[]) => {
    const read = conversation(parts);
    const turn = unansweredTurn(read);
    if (turn === null) throw new Error("nobody waits");
    return isOnlyThanksForAnAnswer(read, turn);
  };
  const asked = part(customer, "Where is my invoice?");
  const answered = part(us, "Under Billing.");

  it("ends quietly after an answer of ours or of a teammate", () => {
    expect(holds([asked, answered, part(customer, "Thanks!")])).toBe(true);
    expect(holds([asked, answered, part(customer, "Thanks!"), part(customer, "👍")])).toBe(true);
    expect(holds([asked, part(teammate, "Under Billing."), part(customer, "merci")])).toBe(true);
  });

  it("is none where nobody has answered yet, or only a bot", () => {
    expect(holds([part(customer, "Thanks!")])).toBe(false);
    expect(holds([asked, part(customer, "Thanks!")])).toBe(false);
    const byFin = part(fin, "Under Billing.", { isAiAnswer: true });
    expect(holds([asked, byFin, part(customer, "Thanks!")])).toBe(false);
  });

  it("is none when something came with it", () => {
    const file = { kind: "file", name: "a.pdf", contentType: null, url: null } as const;
    expect(holds([asked, answered, part(customer, "Thanks!", { attachments: [file] })])).toBe(
      false,
    );
  });

  it("leaves it to the model where it may be a yes to a question", () => {
    const offered = part(us, "Shall we cancel it for you?");
    expect(holds([asked, offered, part(customer, "ok, thanks")])).toBe(false);
    expect(holds([asked, offered, part(customer, "👍")])).toBe(false);
    const polite = part(us, "Under Billing. Anything else?");
    expect(holds([asked, polite, part(customer, "Thank you!")])).toBe(true);
  });
});
