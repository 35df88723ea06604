import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

export type Seal = {
  /** Makes a text unreadable for whoever has not the secret. */
  close(text: string): string;
  /** @returns `null` for what was sealed with none of these secrets, or is no longer as it was */
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
 * @param secrets the first one seals, each of them opens
 * @param purpose texts sealed for one purpose do not open for another
 */
export function createSeal(secrets: string[], purpose: string): Seal {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync("sha256", secret, "", purpose, keyBytes)),
  );
  return {
    close(text) {
      const [key] = keys;
      if (key === undefined) throw new Error("There is no secret to seal with.");
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < nonceBytes + tagBytes) return null;
      for (const key of keys) {
        const text = opened(bytes, key);
        if (text !== null) return text;
      }
      return null;
    },
  };
}

function opened(bytes: Buffer, key: Buffer): string | null {
  const bodyAt = nonceBytes + tagBytes;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(nonceBytes, bodyAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]).toString();
  } catch {
    return null;
  }
}
