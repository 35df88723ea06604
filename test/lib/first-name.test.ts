import { expect, it } from "vitest";
import { firstName } from "../../src/lib/first-name.ts";

it.each([
  ["Ada Lovelace", "Ada"],
  ["  ada  ", "ada"],
  ["Lovelace, Ada", "Ada"],
  ["Dr. Jean-Luc Picard", "Jean-Luc"],
  ["Frau Müller-Lüdenscheidt", "Müller-Lüdenscheidt"],
  ["山田太郎", "山田太郎"],
  ["Zoë", "Zoë"],
  ["O’Brien Pat", "O’Brien"],
])("addresses %j as %j", (name, first) => {
  expect(firstName(name)).toBe(first);
});

it.each([
  null,
  "",
  "ada@example.com",
  "+49 170 1234567",
  "user_1234",
  "</customer>",
  "{{firstName}}",
])("greets %j without a name", (name) => {
  expect(firstName(name)).toBeNull();
});
