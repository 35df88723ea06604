import { describe, expect, it } from "vitest";
import { smallTalk, withoutSmallTalk } from "../../src/core/small-talk.ts";

describe("small talk", () => {
  it.each([
    "Hi",
    "Hello there!",
    "Hi Ada, thanks for reaching out! 😊",
    "Good morning Mr Smith, how are you?",
    "Thank you so much!",
    "Thanks a lot for the quick reply, have a great day!",
    "You're welcome! Have a nice weekend.",
    "Hey Grace, how can I help you today?",
    "Guten Tag, vielen Dank für Ihre Nachricht.",
    "Gern geschehen, schönen Tag noch!",
    "Bonjour, merci beaucoup",
    "¡Hola! Muchas gracias",
    "Olá, bom dia",
    "Ciao, grazie mille",
    "Ok, perfect, thanks",
    "こんにちは",
    "您好",
  ])("is a greeting: %j", (text) => {
    expect(smallTalk(text)).toBe("greeting");
  });

  it.each([
    "Let me check.",
    "Hi Ada! Let me check that for you.",
    "One moment please",
    "Just a second, I'll look into it.",
    "Thanks for your patience, we're still looking into this.",
    "I'll ask the billing team and get back to you.",
    "Bear with me",
    "Einen Moment bitte, ich schaue kurz nach.",
    "Un instant, je vérifie.",
    "Un momento por favor",
    "Só um momento",
    "Een momentje",
    "少々お待ちください",
  ])("is holding: %j", (text) => {
    expect(smallTalk(text)).toBe("holding");
  });

  it.each([
    "Hi, how do I cancel my plan?",
    "Let me check: your invoice is under Billing.",
    "Thanks! It still does not work though.",
    "No, refunds take five days.",
    "Yes you can export it as PDF.",
    "I checked, and the export is on its way.",
    "Please open Settings and press Reset.",
    "One moment before you press Save the draft is stored, and that is why the older version came back to you again today",
    "Open https://app.example.com",
    "42",
    "hi cancel subscription",
    "You find it under Settings, and I will check the rest.",
    "History of my orders",
    "Dearest price?",
    "请问如何退款",
  ])("is neither: %j", (text) => {
    expect(smallTalk(text)).toBeNull();
  });

  it("is nothing where nothing is said", () => {
    expect(smallTalk(" 👍 ")).toBeNull();
  });
});

describe("a text without its small talk", () => {
  it.each([
    ["Hi Ada! Where is my invoice? Thanks a lot!", "Where is my invoice?"],
    ["Hello,\nI cannot log in.\nKind regards", "I cannot log in."],
    ["Hi Ada, where is my invoice?", "where is my invoice?"],
    ["Guten Tag, wo ist meine Rechnung? Vielen Dank!", "wo ist meine Rechnung?"],
    [
      "No invoices arrived. Thanks. The last came in May.",
      "No invoices arrived. Thanks. The last came in May.",
    ],
    ["Thanks!", ""],
    ["Hello! 👋", ""],
    ["", ""],
    ["Version 2.1.3 crashes…", "Version 2.1.3 crashes…"],
  ])("%j is %j", (text, matter) => {
    expect(withoutSmallTalk(text)).toBe(matter);
  });
});
