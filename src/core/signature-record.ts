import type { Clock } from "./ports.ts";

export type SignatureState = {
  /** When a request with the right signature came last, ISO 8601; `null`: none since the start. */
  lastAcceptedAt: string | null;
  /** Requests signed with something else since then. */
  refusedSince: number;
  lastRefusedAt: string | null;
  /** What to do where some were refused. */
  advice?: string;
  /** Where two secrets are good: when each of them signed last, in the order in which they are set. */
  lastAcceptedOfEach?: (string | null)[];
};

/** Whether whoever signs its requests to us does so with the secret that we know. */
export type SignatureRecord = {
  /** @param secret which one signed it, counted from 0 */
  accepted(secret?: number): void;
  /** Of a request with a signature that is not the right one; one without any says nothing. */
  refused(): void;
  /** In milliseconds since 1970; `null`: none since the start. */
  lastAcceptedAt(): number | null;
  state(): SignatureState;
};

export function createSignatureRecord(options: {
  advice: string;
  /** How many secrets are good. */
  secrets: number;
  clock: Clock;
}): SignatureRecord {
  const { advice, secrets, clock } = options;
  const lastAcceptedOfEach = Array.from({ length: secrets }, (): number | null => null);
  let lastAcceptedAt: number | null = null;
  let lastRefusedAt: number | null = null;
  let refusedSince = 0;
  return {
    accepted(secret = 0) {
      lastAcceptedAt = clock();
      lastAcceptedOfEach[secret] = lastAcceptedAt;
      refusedSince = 0;
    },
    refused() {
      lastRefusedAt = clock();
      refusedSince += 1;
    },
    lastAcceptedAt: () => lastAcceptedAt,
    state: () => ({
      lastAcceptedAt: iso(lastAcceptedAt),
      refusedSince,
      lastRefusedAt: iso(lastRefusedAt),
      ...(refusedSince > 0 ? { advice } : {}),
      ...(secrets > 1 ? { lastAcceptedOfEach: lastAcceptedOfEach.map(iso) } : {}),
    }),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
