import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

export type Seal = {
  /** Makes a text unreadable for whoever has not the secret. */
  close(text: string): string;
  /** @returns `null` for what was not sealed with this secret, or is no longer as it was */
  open(sealed: string): string | null;
};

const algorithm = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals texts that lie for a while where others may read them (AES-256 in GCM, a key drawn from the
 * secret by HKDF, a fresh nonce each time).
 *
 * @param purpose texts sealed for one purpose do not open for another
 */
export function createSeal(secret: string, purpose: string): Seal {
  const key = Buffer.from(hkdfSync("sha256", secret, "", purpose, keyBytes));
  return {
    close(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      const bodyAt = nonceBytes + tagBytes;
      if (bytes.length < bodyAt) return null;
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        decipher.setAuthTag(bytes.subarray(nonceBytes, bodyAt));
        return Buffer.concat([
          decipher.update(bytes.subarray(bodyAt)),
          decipher.final(),
        ]).toString();
      } catch {
        return null;
      }
    },
  };
}
