import type { Clock } from "./ports.ts";

export type SignatureState = {
  /** When a request with the right signature came last, ISO 8601; `null`: none since the start. */
  lastAcceptedAt: string | null;
  /** Requests signed with something else since then. */
  refusedSince: number;
  lastRefusedAt: string | null;
  /** What to do where some were refused. */
  advice?: string;
};

/** Whether whoever signs its requests to us does so with the secret that we know. */
export type SignatureRecord = {
  accepted(): void;
  /** Of a request with a signature that is not the right one; one without any says nothing. */
  refused(): void;
  /** In milliseconds since 1970; `null`: none since the start. */
  lastAcceptedAt(): number | null;
  state(): SignatureState;
};

export function createSignatureRecord(advice: string, clock: Clock): SignatureRecord {
  let lastAcceptedAt: number | null = null;
  let lastRefusedAt: number | null = null;
  let refusedSince = 0;
  return {
    accepted() {
      lastAcceptedAt = clock();
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
    }),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
