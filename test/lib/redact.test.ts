import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedact } from "../../src/lib/redact.ts";

const redact = createRedact();

const digits = (length: number) =>
  fc.array(fc.nat(9), { minLength: length, maxLength: length }).map((list) => list.join(""));

/** A card number of that length, its last digit computed the way issuers do it. */
const cardNumber = fc.integer({ min: 13, max: 19 }).chain((length) =>
  fc.tuple(fc.integer({ min: 2, max: 6 }), digits(length - 2)).map(([first, rest]) => {
    const start = `${first}${rest}`;
    let sum = 0;
    for (let index = 0; index < start.length; index++) {
      const digit = Number(start.at(-1 - index));
      const value = index % 2 === 0 ? digit * 2 : digit;
      sum += value > 9 ? value - 9 : value;
    }
    return `${start}${(10 - (sum % 10)) % 10}`;
  }),
);

/** An IBAN with its check digits: 98 − (number mod 97). */
const iban = fc
  .tuple(
    fc.constantFrom("DE", "GB", "FR", "NL", "NO", "MT"),
    fc.stringMatching(/^[A-Z0-9]{11,27}$/),
  )
  .map(([country, account]) => {
    const number = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join("");
    const check = 98n - (BigInt(number) % 97n);
    return `${country}${String(check).padStart(2, "0")}${account}`;
  });

const inGroups = (separator: string) => (number: string) =>
  number.match(/.{1,4}/g)?.join(separator) ?? number;

describe("redaction, for any number", () => {
  it("masks every card number, in groups or not, also behind another number", () => {
    fc.assert(
      fc.property(
        cardNumber,
        fc.constantFrom("", " ", "-", "\u00a0"),
        fc.constantFrom("My card is ", "12 ", "Order 7 / ", "("),
        (number, separator, before) => {
          const masked = redact(`${before}${inGroups(separator)(number)}, valid until 12/29`);
          expect(masked).toContain("[card number]");
          expect(masked.replace(/\D/g, "")).not.toContain(number.slice(2, -2));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("leaves a number with a wrong check digit", () => {
    fc.assert(
      fc.property(cardNumber, fc.integer({ min: 1, max: 9 }), (number, wrong) => {
        const last = (Number(number.at(-1)) + wrong) % 10;
        const text = `Tracking ${number.slice(0, -1)}${last}.`;
        expect(redact(text)).toBe(text);
      }),
    );
  });

  it("masks every IBAN, in any case, with and without spaces, and keeps the words around it", () => {
    fc.assert(
      fc.property(iban, fc.boolean(), fc.constantFrom("", " "), (number, isLower, separator) => {
        const written = inGroups(separator)(isLower ? number.toLowerCase() : number);
        expect(redact(`Pay to ${written}, please`)).toBe("Pay to [IBAN], please");
      }),
      { numRuns: 1000 },
    );
  });

  it("never throws, and masking twice changes nothing more", () => {
    const texts = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc
        .array(
          fc.oneof(
            cardNumber,
            iban,
            fc.constantFrom("password", "is", ":", "=", "token", "https://a.example/?key=", "「"),
            fc.string(),
          ),
        )
        .map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const once = redact(text);
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes time in proportion to the text", () => {
    const start = performance.now();
    for (const piece of [
      "1 ",
      "password is ",
      "a@",
      "https://a:",
      "token=",
      "DE11 ",
      "eyJ",
      "sk-",
    ]) {
      redact(piece.repeat(20_000));
    }
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe("redaction of secrets", () => {
  it.each([
    ["my password is hunter2.", "my password is [password]."],
    [
      "My password for the admin account is sunshine!",
      "My password for the admin account is [password]!",
    ],
    ['password: "two words"', "password: [password]"],
    ["pwd=abc123, thanks", "pwd=[password], thanks"],
    ["Mein Passwort ist Geheim99.", "Mein Passwort ist [password]."],
    ["Das Kennwort lautet Sommer", "Das Kennwort lautet [password]"],
    ["mon mot de passe est Soleil1", "mon mot de passe est [password]"],
    ["mi contraseña es gato123", "mi contraseña es [password]"],
    ["minha senha é gato123", "minha senha é [password]"],
    ["la mia password è gatto", "la mia password è [password]"],
    ["mijn wachtwoord is kat123", "mijn wachtwoord is [password]"],
    ["moje hasło to kot123", "moje hasło to [password]"],
    ["mitt lösenord är katt123", "mitt lösenord är [password]"],
    ["мой пароль: кот123", "мой пароль: [password]"],
    ["パスワードはhunter2です", "パスワードは[password]です"],
    ["我的密码是hunter2", "我的密码是[password]"],
  ])("masks the password in %j", (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it.each([
    ["sk-proj-abcdefghijklmnop1234", "[secret]"],
    ["key sk_live_51H8abcdefghijkl now", "key [secret] now"],
    ["ghp_abcdefghijklmnopqrst1234", "[secret]"],
    ["xoxb-1234567890-abcdef", "[secret]"],
    ["AKIAIOSFODNN7EXAMPLE", "[secret]"],
    ["dG9rOjEyMzQ1Njc4OTBhYmNkZWY=", "[secret]"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[secret]"],
    ["Authorization: Bearer abc.def-ghi_jkl123", "Authorization: Bearer [secret]"],
    ["our API key is a1b2c3d4e5f6", "our API key is [secret]"],
    ["client_secret=0a1b2c3d4e", "client_secret=[secret]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nbye", "[secret]\nbye"],
    ["https://user:pa55@db.example.com/x", "https://[secret]@db.example.com/x"],
    [
      "open https://a.example/reset?user=7&token=abc123&lang=en now",
      "open https://a.example/reset?user=7&token=[secret]&lang=en now",
    ],
    ["https://a.example/#access_token=abc", "https://a.example/#access_token=[secret]"],
  ])("masks the token in %j", (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it.each([
    "My password is not working.",
    "The password is wrong, and my password is expired",
    "My password isn't working, my password is, let's say, gone",
    "Mein Passwort ist falsch",
    "How do I change my password?",
    "Where do I find my API key?",
    "The token is invalid.",
    "Order 1234567890123456 arrived",
    "Version 2.16.0, error 80004005, build 2026-11-21",
    "Call +49 30 123456 or write to ada@example.com",
    "https://help.example.com/en/articles/39-keys?lang=de#steps",
  ])("leaves %j as it is", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("masks what the operator's patterns add, also a pattern that matches nothing", () => {
    const own = createRedact([/CUST-\d+/giu, /x*/giu]);
    expect(own("I am cust-1234.")).toBe("I am [redacted].");
  });
});
