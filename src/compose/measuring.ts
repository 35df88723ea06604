import type { PrometheusMeasures, Standing } from "../adapters/prometheus/prometheus-measures.ts";
import type { Measures } from "../core/measures.ts";
import type { Clock, Drafter, Inbox } from "../core/ports.ts";

export type Measuring = {
  measures: Measures;
  /** Begins to count; resolves when it does. */
  begin(): Promise<void>;
  /** Everything counted so far; the first call begins to count. */
  read(): Promise<{ contentType: string; text: string }>;
};

/**
 * Counts only where somebody looks: until `begin` or the first `read`, nothing is loaded and each
 * call is one that returns.
 */
export function createMeasuring(standing: () => Standing, clock: Clock): Measuring {
  let counting: PrometheusMeasures | null = null;
  let loading: Promise<PrometheusMeasures> | null = null;
  const begin = () => {
    loading ??= load(standing, clock).then((loaded) => {
      counting = loaded;
      return loaded;
    });
    return loading;
  };
  return {
    measures: {
      delivered: (...args) => counting?.delivered(...args),
      hinted: (hint) => counting?.hinted(hint),
      ended: (report) => counting?.ended(report),
      brokeOff: () => counting?.brokeOff(),
      redrafted: (drafting) => counting?.redrafted(drafting),
      wrote: (...args) => counting?.wrote(...args),
      decided: (card) => counting?.decided(card),
      audited: (sent) => counting?.audited(sent),
      closed: (cardId) => counting?.closed(cardId),
      allowed: (calls) => counting?.allowed(calls),
    },
    async begin() {
      await begin();
    },
    read: async () => (await begin()).read(),
  };
}

async function load(standing: () => Standing, clock: Clock): Promise<PrometheusMeasures> {
  const { createPrometheusMeasures } = await import(
    "../adapters/prometheus/prometheus-measures.ts"
  );
  return createPrometheusMeasures(standing, clock);
}

/** The same inbox; what became of each write is told. */
export function withMeasuredWrites(inbox: Inbox, { wrote }: Measures): Inbox {
  const told = (call: "reply" | "note"): Inbox["reply"] => {
    return async (...args) => {
      const written = await inbox[call](...args);
      wrote(call, written.result);
      return written;
    };
  };
  return { ...inbox, reply: told("reply"), note: told("note") };
}

/** The same drafter for drafts that a person asked for; what each took is told. */
export function withMeasuredRedrafts(drafter: Drafter, { redrafted }: Measures): Drafter {
  return {
    async draft(...args) {
      const drafting = await drafter.draft(...args);
      redrafted(drafting);
      return drafting;
    },
  };
}
