import { schedulesUsed } from "../judging/schedules-used.ts";
import type { Schedule } from "../policy.ts";
import type { Clock, Inbox, Log, Schedules } from "../ports.ts";
import type { Policy } from "../types.ts";
import { type Fact, unknown } from "../unknown.ts";

/** A customer waits meanwhile: what cannot be read by then counts as not known. */
const timeoutMs = 2_000;
/** Hours change a few times a year, and whoever changes them should see it the same day. */
const freshMs = 600_000;
/** What was read serves for so long when it cannot be read again. */
const servesMs = 3_600_000;
const afterFailureMs = 10_000;

export type KnownSchedules = {
  /** Begins to read what is about to be asked for; costs nothing where the policy uses none of it. */
  expect(): void;
  /** The same inbox, whose conversations carry Intercom's office hours where the policy uses them. */
  knownIn<Kind extends Inbox>(inbox: Kind): Kind;
};

/** Knows Intercom's office hours: reads them when the policy uses them, and keeps them a while. */
export function createKnownSchedules(options: {
  schedules: Schedules;
  policy: () => Policy;
  clock: Clock;
  log: Log;
}): KnownSchedules {
  const { schedules, policy, clock, log } = options;
  let last: { read: Schedule[]; at: number } | null = null;
  let reading: Promise<Fact<Schedule[]>> | null = null;
  let notBefore = 0;
  let isFailing = false;

  function current(): Promise<Fact<Schedule[]>> {
    const age = last === null ? Number.POSITIVE_INFINITY : clock() - last.at;
    if (age >= freshMs && reading === null && clock() >= notBefore) {
      reading = read().finally(() => {
        reading = null;
      });
    }
    // Nobody waits for what is only to be refreshed.
    if (last !== null && age < servesMs) return Promise.resolve(last.read);
    return reading ?? Promise.resolve(unknown);
  }

  async function read(): Promise<Fact<Schedule[]>> {
    try {
      const found = await schedules.read(AbortSignal.timeout(timeoutMs));
      last = { read: found, at: clock() };
      if (isFailing) log.info({}, "Intercom's office hours can be read again");
      isFailing = false;
      return found;
    } catch (error) {
      notBefore = clock() + afterFailureMs;
      // Once, and not with each message that comes meanwhile.
      if (!isFailing) {
        log.warn(
          { error },
          "Intercom's office hours cannot be read: rules about them lean to people, and nobody is told when people are back",
        );
      }
      isFailing = true;
      return unknown;
    }
  }

  const isUsed = () => schedulesUsed(policy()).length > 0;
  return {
    expect() {
      if (isUsed()) void current();
    },
    knownIn: (inbox) => ({
      ...inbox,
      async read(conversationId: string, signal?: AbortSignal) {
        const [conversation, known] = await Promise.all([
          inbox.read(conversationId, signal),
          isUsed() ? current() : undefined,
        ]);
        if (conversation === null || known === undefined) return conversation;
        return { ...conversation, schedules: known };
      },
    }),
  };
}
