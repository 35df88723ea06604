import { describe, expect, it } from "vitest";
import { customerLanguage } from "../../src/lib/customer-language.ts";
import { loadLanguageOf } from "../../src/lib/language.ts";

const languageOf = await loadLanguageOf();

/** Short messages as support gets them. */
const messages: Record<string, string[]> = {
  en: [
    "I want a refund",
    "can I import customers from excel",
    "invoice is wrong",
    "pls cancel order",
    "Is there a desktop version?",
    "cannot connect printer",
    "payment failed twice",
    "no sound in calls",
    "data import error",
    "why was I charged",
    "android tablet support?",
    "seat limit reached",
    "per user pricing",
    "SSO login loop",
    "terminal offline again",
    "sale items refund policy",
    "webhook secret rotation",
    "import csv fails",
    "trial expired",
    "change plan",
    "dark mode",
    "ok",
  ],
  de: [
    "Wie lösche ich mein Konto?",
    "Ich bekomme keine Mails",
    "Rechnung als PDF bitte",
    "Lieferung fehlt",
  ],
  fr: ["Comment supprimer mon compte ?", "je ne reçois pas les mails", "facture introuvable svp"],
  es: ["¿Dónde está mi pedido?", "no recibo los correos", "quiero cambiar de plan"],
  pt: ["Onde está o meu pedido?", "não recebo os e-mails", "quero mudar de plano"],
  it: ["Dove trovo la fattura?", "non ricevo le email", "vorrei cancellare il mio account"],
  nl: ["Waar is mijn bestelling?", "ik krijg geen mails", "hoe zeg ik mijn abonnement op"],
  pl: ["Gdzie jest moja faktura?", "nie dostaję maili", "chcę usunąć konto"],
  sv: ["Var hittar jag min faktura?", "jag får inga mejl"],
  da: ["Hvor finder jeg min faktura?"],
  fi: ["Mistä löydän laskun?", "en saa sähköposteja"],
  tr: ["Faturamı nerede bulabilirim?", "e-posta gelmiyor"],
  cs: ["Kde najdu fakturu?", "chci zrušit účet"],
  hu: ["Hol találom a számlámat?"],
  ro: ["Unde găsesc factura?"],
  ru: ["Где мой заказ?", "не приходят письма", "удалите мой аккаунт"],
  uk: ["Де мій рахунок?", "не приходять листи"],
  el: ["Πού είναι η παραγγελία μου;"],
  ja: ["請求書はどこですか", "メールが届きません", "解約したい"],
  zh: ["发票在哪里", "收不到邮件", "我想取消订阅"],
  ko: ["청구서는 어디에 있나요?", "메일이 안 와요"],
  ar: ["أين فاتورتي؟", "لا تصلني الرسائل"],
  he: ["איפה החשבונית שלי?"],
  hi: ["मेरा बिल कहाँ है?"],
  th: ["ใบแจ้งหนี้อยู่ที่ไหน"],
  vi: ["Hóa đơn của tôi ở đâu?"],
};

describe("the language of a short message", () => {
  const read = Object.entries(messages).flatMap(([language, texts]) =>
    texts.map((text) => ({ text, language, found: languageOf(text) ?? "en" })),
  );

  it("is right for nine messages of ten, in more than 15 languages", () => {
    const wrong = read.filter(({ language, found }) => language !== found);
    expect(read.length).toBeGreaterThanOrEqual(60);
    expect(Object.keys(messages).length).toBeGreaterThan(15);
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(read.length / 10);
  });

  it("never takes English for another language", () => {
    expect(read.filter(({ language, found }) => language === "en" && found !== "en")).toEqual([]);
  });

  it.each([
    ["Slack と連携できますか", "ja"],
    ["Zoom 会议无法加入", "zh"],
    ["My account name is 山田太郎, please change it", "en"],
  ])("is that of most of its words (%s)", (text, language) => {
    expect(languageOf(text)).toBe(language);
  });

  it.each(["", "👍", "500", "https://example.com/x"])(
    "is open where there is none (%j)",
    (text) => {
      expect(languageOf(text)).toBeNull();
    },
  );
});

describe("the customer's language", () => {
  const german = [
    "Hallo, ich finde meine Rechnung vom letzten Monat nicht.",
    "Die von Mai meine ich.",
  ];

  it.each([
    [
      "what the model says",
      { said: "fr", newest: ["Une question sur ma facture"], earlier: [] },
      "fr",
    ],
    ["not one word against the thread", { said: "en", newest: ["ok"], earlier: german }, "de"],
    ["not one word against the thread", { said: "pt", newest: ["Fatura?"], earlier: german }, "de"],
    ["one word in a script of its own", { said: "ja", newest: ["解約"], earlier: german }, "ja"],
    [
      "a sentence against the thread",
      { said: "en", newest: ["Can we go on in English?"], earlier: german },
      "en",
    ],
    [
      "the last three messages together",
      { said: null, newest: ["Danke dir"], earlier: german },
      "de",
    ],
    [
      "what is set for the customer",
      { said: null, newest: ["ok"], earlier: [], known: [null, "nl"] },
      "nl",
    ],
    ["English where nothing tells", { said: null, newest: ["ok"], earlier: [] }, "en"],
  ])("is %s", async (_rule, hints, language) => {
    expect(await customerLanguage(hints)).toBe(language);
  });
});
