import { describe, expect, it } from "vitest";
import { asksForPerson } from "../../../src/core/judging/person-phrases.ts";
import { cpuMsOf } from "../../lib/cpu-time.ts";

describe("asking for a person in so many words", () => {
  it.each([
    "Can I talk to someone?",
    "I want a REAL PERSON!!",
    "this doesn't help",
    "This doesn’t help at all",
    "Human agent.",
    "Ich möchte mit einem Menschen sprechen",
    "Ich moechte bitte mit jemandem sprechen",
    "Je veux parler a quelqu'un",
    "Quiero hablar con una persona",
    "quero falar com alguem",
    "Vorrei parlare con un operatore",
    "Ik wil met iemand praten",
    "Chcę porozmawiac z czlowiekiem",
    "Jag vill prata med en manniska",
    "Jeg vil snakke med et menneske",
    "Haluan puhua ihmisen kanssa",
    "Chci mluvit s clovekem",
    "Egy emberrel szeretnék beszélni",
    "Vreau sa vorbesc cu o persoana",
    "Gerçek bir insanla değil mi? gercek bir kisi istiyorum",
    "Хочу поговорить с человеком",
    "Я хочу поговорити з людиною",
    "担当者と話したいです",
    "我要转人工",
    "상담원 연결해 주세요",
  ])("is heard in %j", (text) => {
    expect(asksForPerson(text)).toBe(true);
  });

  it.each([
    "How do I cancel my plan?",
    "Where do I find the human resources report?",
    "What is the user agent of your crawler?",
    "How do I invite a person to my team?",
    "Wie lade ich einen Mitarbeiter ein?",
    "My personal data is wrong",
    "Comment ajouter une personne ?",
    "¿Cómo agrego a una persona?",
    "人数を増やしたい",
    "",
  ])("is not heard in %j", (text) => {
    expect(asksForPerson(text)).toBe(false);
  });

  it("is looked for in a long message without delay", () => {
    const ms = cpuMsOf(() => void asksForPerson("talk to some ".repeat(20_000)));
    expect(ms).toBeLessThan(1_000);
  });
});
