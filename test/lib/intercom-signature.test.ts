import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSigned, sign } from "../../src/lib/intercom-signature.ts";

const body = Buffer.from('{"topic":"ping"}');

describe("Intercom's signature", () => {
  it("is the HMAC-SHA1 of the bytes in hex", () => {
    // RFC 2202, test case 2.
    const signature = sign("Jefe", Buffer.from("what do ya want for nothing?"));
    expect(signature).toBe("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  });

  it("accepts what was signed with the secret", () => {
    expect(isSigned("secret", body, sign("secret", body))).toBe(true);
  });

  it.each([
    ["missing", undefined],
    ["null", null],
    ["empty", ""],
    ["an array", [sign("secret", body)]],
    ["truncated", sign("secret", body).slice(0, -1)],
    ["too long", `${sign("secret", body)}0`],
    ["without its prefix", sign("secret", body).slice(5)],
    ["of another algorithm", sign("secret", body).replace("sha1=", "sha256=")],
    ["in upper case", sign("secret", body).toUpperCase()],
    ["no hex", `sha1=${"z".repeat(40)}`],
    ["of another secret", sign("other", body)],
    ["of other bytes", sign("secret", Buffer.from('{"topic":"pong"}'))],
  ])("refuses a header that is %s", (_name, header) => {
    expect(isSigned("secret", body, header)).toBe(false);
  });

  it("accepts nothing with an empty secret, with which anybody could sign", () => {
    expect(isSigned("", body, sign("", body))).toBe(false);
  });

  it("accepts no changed byte and never throws, whatever the header is", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const anyHeader = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.anything(),
      fc
        .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 })
        .map((hex) => `sha1=${hex}`),
    );
    fc.assert(
      fc.property(
        bytes,
        anyHeader,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (raw, header, at, flip) => {
          const original = Buffer.from(raw);
          const changed = Buffer.from(raw);
          const index = at % changed.length;
          changed[index] = (changed[index] ?? 0) ^ flip;
          expect(isSigned("secret", original, sign("secret", original))).toBe(true);
          expect(isSigned("secret", changed, sign("secret", original))).toBe(false);
          expect(isSigned("secret", original, header)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
