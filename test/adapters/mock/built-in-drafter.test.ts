import { describe, expect, it } from "vitest";
import { createBuiltInDrafter } from "../../../src/adapters/mock/built-in-drafter.ts";
import { linksIn } from "../../../src/lib/links.ts";
import { describeDrafter } from "../../contracts/drafter.ts";
import { partOf, requestFor, sourceOf } from "../../stand-ins/draft-request.ts";

describeDrafter("the built-in drafter", () => createBuiltInDrafter());

async function draftOf(...request: Parameters<typeof requestFor>) {
  const { signal } = new AbortController();
  const drafting = await createBuiltInDrafter().draft(requestFor(...request), signal);
  if ("noDraft" in drafting) throw new Error(drafting.noDraft.explanation);
  return drafting.draft;
}

describe("the built-in drafter", () => {
  it("answers with the best passage, its link and its score, and says what it is", async () => {
    const sources = [
      sourceOf({ id: "weak", score: 0.4, text: "Invoices are monthly." }),
      sourceOf({ id: "best", score: 0.83 }),
    ];
    const draft = await draftOf(["How do I reset my password?"], { sources });

    expect(draft.reply).toBe(
      "Hello Ada,\n\nOpen **Settings**, choose **Security** and press **Reset password**.\n\nRead more: [Reset your password](https://help.example.com/reset)",
    );
    expect(draft.confidence).toBe(0.83);
    expect(draft.usedSources.map(({ id }) => id)).toEqual(["best"]);
    expect(draft.reasoning).toContain("not a language model");
  });

  it("never answers from internal material or from an earlier conversation", async () => {
    const sources = [
      sourceOf({ isInternal: true, score: 0.99 }),
      sourceOf({ kind: "conversation", score: 0.98 }),
    ];
    const draft = await draftOf(["How do I reset my password?"], { sources });

    expect(draft).toMatchObject({ needsHuman: true, confidence: 0.1, usedSources: [] });
  });

  it("offers a person to whoever asks for one, whatever was recalled", async () => {
    const draft = await draftOf(["I want to talk to a human!"], { sources: [sourceOf()] });

    expect(draft.needsHuman).toBe(true);
  });

  it.each([
    "How do I reset my damn password? This is ridiculous!",
    "Wie setze ich mein Passwort zurück? Eine Frechheit!",
    "C'est inadmissible, je veux mon mot de passe",
    "password!!!",
    "WHERE IS MY PASSWORD",
  ])("leaves %j to a person, with the passage as a draft", async (text) => {
    const draft = await draftOf([text], { sources: [sourceOf({ score: 0.95 })] });

    expect(draft).toMatchObject({ intent: "complaint", needsHuman: true });
    expect(draft.reply).toContain("Reset password");
  });

  it.each(["The CSV import of VAT is wrong", "Great! And how do I export?", "PDF or CSV?"])(
    "does not take %j for anger",
    async (text) => {
      expect((await draftOf([text], { sources: [sourceOf()] })).needsHuman).toBe(false);
    },
  );

  it("greets only once", async () => {
    const history = [partOf("a", "Hello Ada, try to sign in again.", "us")];
    const draft = await draftOf(["And how do I reset my password?"], {
      history,
      sources: [sourceOf()],
    });

    expect(draft.reply).not.toContain("Hello");
  });

  it.each([
    "Thanks!",
    "ok, thank you so much 🙏",
    "👍",
    "Vielen Dank!",
    "Merci beaucoup",
    "¡Muchas gracias!",
    "Grazie mille",
    "Muito obrigada",
    "Hartelijk bedankt",
  ])("takes %j for thanks", async (text) => {
    expect(await draftOf([text], { sources: [sourceOf()] })).toMatchObject({
      intent: "thanks",
      reply: "",
    });
  });

  it.each(["Thanks, but it still fails", "Danke, und wie ändere ich mein Passwort?", "??", "no"])(
    "does not take %j for thanks",
    async (text) => {
      expect((await draftOf([text], { sources: [sourceOf()] })).reply).not.toBe("");
    },
  );

  it.each([
    ["Hello there!", "en", "How can we help you?"],
    ["Guten Tag", "de", "Wie können wir helfen?"],
    ["Bonjour !", "fr", "Comment pouvons-nous vous aider ?"],
    ["¡Hola!", "es", "¿En qué podemos ayudarle?"],
  ])("greets back on %j", async (text, language, question) => {
    const draft = await draftOf([text], { sources: [sourceOf()] });

    expect(draft.language).toBe(language);
    expect(draft.reply).toContain(question);
  });

  it("hands over in the customer's language", async () => {
    const draft = await draftOf(["Wo finde ich bitte meine Rechnung vom letzten Monat?"]);

    expect(draft.language).toBe("de");
    expect(draft.reply).toContain("jemand aus unserem Team");
  });

  it("keeps a title's brackets from breaking the link", async () => {
    const sources = [sourceOf({ title: "Reset [beta](https://evil.example)" })];
    const draft = await draftOf(["reset"], { sources });

    expect(linksIn(draft.reply)).not.toContain("https://evil.example/");
    expect(draft.reply).toContain("](https://help.example.com/reset)");
  });
});
