import { describe, expect, it } from "vitest";
import { meaningOf, saySame } from "../../../src/core/knowledge/same-meaning.ts";

const same = (one: string, other: string) => [
  saySame(meaningOf(one), meaningOf(other)),
  saySame(meaningOf(other), meaningOf(one)),
];

describe("two answers say the same", () => {
  it.each([
    ["Open Settings and press Reset.", "Hello! Open Settings and press Reset."],
    ["Open Settings and press Reset.", "OPEN SETTINGS AND PRESS RESET"],
    ["Refunds take 5 days to arrive.", "Refunds usually take 5 days to arrive. Thanks!"],
    ["Hi Anna, press Reset in the settings.", "Hello Ben, press Reset in the settings."],
    ["Hello, open the settings of the team.", "Hi, open the settings of the team."],
    ["Öffnen Sie die Einstellungen.", "Öffnen Sie bitte die Einstellungen."],
    ["See https://example.com/a for more.", "Please see https://example.com/a for more."],
  ])("%s | %s", (one, other) => {
    expect(same(one, other)).toEqual([true, true]);
  });
});

describe("two answers do not say the same when they differ in", () => {
  it.each([
    ["a number", "You have 3 seats in this workspace.", "You have 10 seats in this workspace."],
    ["a plan", "Basic: you get 5 seats in total.", "Pro: you get 5 seats in total."],
    ["a plan in lower case", "Included in the basic plan.", "Included in the pro plan."],
    ["a plan in a list", "It is part of Basic, Plus and Max.", "It is part of Basic, Pro and Max."],
    ["which has which", "Basic has 3 and Pro has 10.", "Pro has 3 and Basic has 10."],
    ["a unit", "Refunds take 10 days to arrive.", "Refunds take 10 weeks to arrive."],
    ["a currency", "The plan costs 10 € a month.", "The plan costs 10 $ a month."],
    [
      "a month",
      "We close the old site in march for good.",
      "We close the old site in april for good.",
    ],
    ["a link", "See https://example.com/a for more.", "See https://example.com/b for more."],
    ["a name", "Ask in the app of Acme about it.", "Ask in the app of Globex about it."],
    ["yes and no", "Yes, you can export it as a file.", "No, you can export it as a file."],
    ["a verb", "Please enable the setting first.", "Please disable the setting first."],
    ["English", "You can change this later on.", "You can not change this later on."],
    ["a contraction", "You do need a card for that.", "You don't need a card for that."],
    ["German", "Das ist im Tarif enthalten.", "Das ist im Tarif nicht enthalten."],
    ["French", "Vous pouvez changer cela plus tard.", "Vous ne pouvez pas changer cela plus tard."],
    ["Spanish", "Se puede cambiar más tarde.", "No se puede cambiar más tarde."],
    ["Italian", "Si può cambiare più tardi.", "Non si può cambiare più tardi."],
    ["Portuguese", "Pode mudar isso mais tarde.", "Não pode mudar isso mais tarde."],
    ["Dutch", "U kunt dit later wijzigen.", "U kunt dit later niet wijzigen."],
    ["Polish", "Można to zmienić później.", "Nie można to zmienić później."],
    ["Swedish", "Du kan ändra det senare.", "Du kan inte ändra det senare."],
    ["Turkish", "Bu özellik planda var.", "Bu özellik planda var değil."],
    ["Russian", "Это можно изменить позже.", "Это не можно изменить позже."],
    ["Japanese", "この設定は後で変更できます。", "この設定は後で変更できません。"],
    ["Chinese", "您可以稍后更改此设置。", "您不可以稍后更改此设置。"],
  ])("%s: %s | %s", (_, one, other) => {
    expect(same(one, other)).toEqual([false, false]);
  });
});
