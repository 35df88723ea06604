import { describe, expect, it } from "vitest";
import { createRedact } from "../../src/lib/redact.ts";

/** With what an operator sets who wants addresses and telephone numbers masked too. */
const redact = createRedact();
const redactMore = createRedact([/[\w.+-]+@[\w-]+\.[\w.]+/giu, /\+\d[\d ]{7,}\d/gu]);

/** A text, and what of it must be gone. */
const secrets: [text: string, secret: string][] = [
  ["my password is hunter2", "hunter2"],
  ["The password is Sunshine!2024, please check", "Sunshine!2024"],
  ["password: correct-horse-battery", "correct-horse-battery"],
  ["Login ada / Password = Tr0ub4dor&3", "Tr0ub4dor&3"],
  ["Password: 834512", "834512"],
  ["pwd:qwertz99", "qwertz99"],
  ["I logged in with the passcode: 4711ab", "4711ab"],
  ["my password is sunshine and it does not work", "sunshine"],
  ["Mein Passwort lautet Sommer2024!", "Sommer2024!"],
  ["Passwort: geheim99", "geheim99"],
  ["Das Kennwort ist „Mein Hund Bello“", "Mein Hund Bello"],
  ["Mot de passe : Soleil-77", "Soleil-77"],
  ["mon mot de passe est papillon33", "papillon33"],
  ["La contraseña es gatito2019", "gatito2019"],
  ["Contraseña: perro#88", "perro#88"],
  ["minha senha é cachorro12", "cachorro12"],
  ["La mia password è farfalla22", "farfalla22"],
  ["mijn wachtwoord is fiets123", "fiets123"],
  ["Hasło: kotek1987", "kotek1987"],
  ["mitt lösenord är Sommar24", "Sommar24"],
  ["мой пароль: котик2020", "котик2020"],
  ["Şifre: kedi2020", "kedi2020"],
  ["パスワードはneko2020です", "neko2020"],
  ["密码是maomi2020", "maomi2020"],
  ["비밀번호는 goyangi1입니다", "goyangi1"],
  ["My card is 4111 1111 1111 1111, exp 12/29", "4111 1111 1111 1111"],
  ["MC 5555555555554444", "5555555555554444"],
  ["Amex 3782-822463-10005", "3782-822463-10005"],
  ["IBAN DE89 3704 0044 0532 0130 00", "3704 0044 0532 0130 00"],
  ["gb82west12345698765432 is my account", "west12345698765432"],
  ["FR1420041010050500013M02606", "20041010050500013M02606"],
  ["sk-proj-abcdEFGH1234ijklMNOP", "abcdEFGH1234"],
  ["Our key: sk_live_51H8abcdefghijklm", "51H8abcdefghijklm"],
  ["ghp_abcdefghijklmnopqrst1234567890", "abcdefghijklmnopqrst"],
  ["xoxb-123456789012-abcdefGHIJ", "123456789012-abcdefGHIJ"],
  ["AKIAIOSFODNN7EXAMPLE is leaked", "AKIAIOSFODNN7EXAMPLE"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJzdWIiOiIxIn0"],
  ["API key: 9f8e7d6c5b4a", "9f8e7d6c5b4a"],
  ["api key: 12345678", "12345678"],
  ['"client_secret": "0a1b2c3d4e5f"', "0a1b2c3d4e5f"],
  ["Authorization: Basic YWRhOmxvdmVsYWNl", "YWRhOmxvdmVsYWNl"],
  ["curl -H 'Authorization: Bearer a1b2c3d4e5f6g7h8'", "a1b2c3d4e5f6g7h8"],
  ["postgres://admin:s3cr3t@db.acme.com/main", "s3cr3t"],
  ["https://app.acme.com/reset?token=8f7a6b5c", "8f7a6b5c"],
  ["https://app.acme.com/callback?code=4f5e6d7c8b9a0f1e", "4f5e6d7c8b9a0f1e"],
  ["-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "MIIEvQ"],
];

const moreSecrets: [text: string, secret: string][] = [
  ["Write to ada.lovelace@example.com", "ada.lovelace@example.com"],
  ["Call me at +49 151 2345 6789", "151 2345 6789"],
];

const knowledge = [
  "Password: must contain 12 characters",
  "Passwort: mindestens 12 Zeichen",
  "Password: 12 characters or more",
  "Passwort: 8-64 Zeichen, ein Sonderzeichen",
  "The password is at least 8 characters long",
  "Password: Min. 10 letters and a number",
  "Your password is case-sensitive",
  "The password is encrypted and never stored in plain text",
  "Das Passwort ist verschlüsselt gespeichert",
  "The password is sent by e-mail within five minutes",
  "Password: required. E-mail: required.",
  "Passcode: 6-digit number",
  "Mot de passe : au moins 8 caractères",
  "Le mot de passe est envoyé par e-mail",
  "Contraseña: debe tener al menos 10 caracteres",
  "Senha: mínimo de 8 caracteres",
  "Password: almeno 8 caratteri",
  "Wachtwoord: minimaal 8 tekens",
  "Hasło: co najmniej 8 znaków",
  "Lösenord: minst 8 tecken",
  "Пароль: не менее 8 символов",
  "Şifre: en az 8 karakter",
  "パスワード：8文字以上",
  "密码：至少8位",
  "密码是8位数字",
  "비밀번호는 8자 이상입니다",
  "Password: <your password>",
  "password=YOUR_PASSWORD",
  "Replace YOUR_API_KEY with your own",
  "api_key = YOUR_API_KEY_1",
  "export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxx",
  "Authorization: Bearer <access-token>",
  "token: $ACCESS_TOKEN_2",
  "Paste sk-your-api-key-from-the-page",
  "https://app.acme.com/login?token={{token}}",
  "Your order 1234567890123456 is on its way",
  "Order 4111111111111112 has shipped",
  "Tracking number 00340434161094042557",
  "Version 2.16.0 of the API, build 20261121",
  "The token is 2026-12-31, says the form",
  "Valid from 2026-01-31 to 2026-12-31",
  "It costs 1,299.00 EUR, or 108.25 EUR a month",
  "Our hotline: +49 30 1234 5678 90",
  "Call +4401234567890 from abroad",
  "Basic subscriptions include 3 seats",
  "The Basic troubleshooting-guide explains it",
  "Use https://acme.com/shop?code=SPRING25 for 25 % off",
  "Open https://help.acme.com/en/articles/39-api-keys?key=settings",
  "The API key is 32-digits long",
  "The token is https://app.acme.com/settings/api/v2",
  "Invoice DE2024-0001 of 12.03.2024",
  "Our VAT number is DE123456789",
  "Open Password → Security → Change",
  "Passwort: siehe Anhang",
  "password = process.env.DATABASE_PASSWORD",
];

describe("what is masked and what is not", () => {
  it("is a table of at least eighty, about half of it secrets", () => {
    expect(secrets.length + moreSecrets.length).toBeGreaterThanOrEqual(40);
    expect(knowledge.length).toBeGreaterThanOrEqual(40);
  });

  it.each(secrets)("masks the secret in %j", (text, secret) => {
    const masked = redact(text);
    expect(masked).not.toContain(secret);
    expect(masked).toMatch(/\[(?:password|secret|card number|IBAN)\]/);
    expect(redact(masked)).toBe(masked);
  });

  it.each(moreSecrets)("masks what the operator's patterns name in %j", (text, secret) => {
    expect(redact(text)).toBe(text);
    expect(redactMore(text)).not.toContain(secret);
  });

  it.each(knowledge)("leaves %j as it is", (text) => {
    expect(redact(text)).toBe(text);
  });
});
