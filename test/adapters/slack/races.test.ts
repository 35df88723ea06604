import { afterEach, beforeEach, expect, it } from "vitest";
import type { Block } from "../../stand-ins/slack.ts";
import { buttonsOf, eventually, type SlackWorld, startSlackWorld } from "./slack-world.ts";

/** Two replicas, two reviewers, the same instant. */
const cards = 200;
/** As many as a busy team has open; more at once only makes the queue in the test longer. */
const atOnce = 20;

let world: SlackWorld;
beforeEach(async () => {
  world = await startSlackWorld({ replicas: 2 });
});
afterEach(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

type Asked = Awaited<ReturnType<SlackWorld["ask"]>>;
type Player = (asked: Asked, user: string, replica: number) => Promise<unknown>;

const approve: Player = ({ ts }, user, replica) =>
  world.click(ts, "review_approve", { user, replica });

const formOf = new Map<string, Block>();

/** The form is open already; what races is handing it in. */
const edit: Player = ({ ts }, user, replica) =>
  world.submit(formOf.get(ts) ?? {}, { text: `Edited for ${ts}` }, { user, replica });
const reject: Player = ({ ts }, user, replica) =>
  world.submit(formOf.get(ts) ?? {}, { choice: "Wrong" }, { user, replica });

async function openForms(asked: Asked[], action: string): Promise<void> {
  const opened = asked.map(async ({ ts }): Promise<[string, Block]> => {
    return [ts, await world.openForm(ts, action, { user: world.slack.bob, replica: 1 })];
  });
  for (const [ts, view] of await Promise.all(opened)) formOf.set(ts, view);
}

async function race(first: Player, second: Player, form: string | null) {
  const asked: Asked[] = [];
  for (let done = 0; done < cards; done += atOnce) {
    const batch = Array.from({ length: atOnce }, (_, index) =>
      world.ask({}, `Question ${done + index}`),
    );
    asked.push(...(await Promise.all(batch)));
  }
  for (let done = 0; done < cards; done += atOnce) {
    const batch = asked.slice(done, done + atOnce);
    if (form !== null) await openForms(batch, form);
    await Promise.all(
      batch.flatMap((one) => [first(one, world.slack.alice, 0), second(one, world.slack.bob, 1)]),
    );
  }
  await eventually(async () => {
    const messages = await world.slack.messages();
    const undecided = messages.filter(({ blocks }) =>
      blocks.some(({ elements }: Block) => elements?.some(isVerdict)),
    );
    expect(undecided).toHaveLength(0);
  }, 20_000);
  return asked.map(({ conversationId }) => ({
    replies: world.replies(conversationId),
    isRejected: world.notes(conversationId).some((note) => note.includes("outcome=rejected")),
  }));
}

const isVerdict = ({ action_id }: Block) => ["review_approve", "review_check"].includes(action_id);

it("sends once when two people approve the same card at once", { timeout: 60_000 }, async () => {
  const outcomes = await race(approve, approve, null);
  expect(outcomes.filter(({ replies }) => replies.length > 1)).toHaveLength(0);
  expect(outcomes.filter(({ replies }) => replies.length === 0)).toHaveLength(0);
});

it("takes one verdict when one approves and one rejects", { timeout: 60_000 }, async () => {
  const outcomes = await race(approve, reject, "review_reject");
  const verdicts = outcomes.map(({ replies, isRejected }) => replies.length + Number(isRejected));
  expect(verdicts.filter((count) => count !== 1)).toHaveLength(0);
});

it("sends one text when one approves and one edits", { timeout: 60_000 }, async () => {
  const outcomes = await race(approve, edit, "review_edit");
  expect(outcomes.filter(({ replies }) => replies.length !== 1)).toHaveLength(0);
});

it("sends one text when two people write a reply after a rejection", {
  timeout: 60_000,
}, async () => {
  const few = 40;
  const asked = await Promise.all(
    Array.from({ length: few }, (_, index) => world.ask({}, `Question ${index}`)),
  );
  await openForms(asked, "review_reject");
  await Promise.all(asked.map((one) => reject(one, world.slack.bob, 1)));
  await eventually(async () => {
    const messages = await world.slack.messages();
    const open = messages.filter(({ blocks }) => buttonsOf({ blocks }).includes("review_write"));
    expect(open).toHaveLength(few);
  }, 20_000);
  const [alice, bob] = [world.slack.alice, world.slack.bob];
  const written = async ({ ts }: Asked, user: string, replica: number) => {
    const view = await world.openForm(ts, "review_write", { user, replica });
    return () => world.submit(view, { text: `By ${user}` }, { user, replica });
  };
  const submissions = await Promise.all(
    asked.flatMap((one) => [written(one, alice, 0), written(one, bob, 1)]),
  );
  await Promise.all(submissions.map((submit) => submit()));
  await eventually(() => {
    const replies = asked.map(({ conversationId }) => world.replies(conversationId).length);
    expect(replies.filter((count) => count !== 1)).toEqual([]);
  }, 20_000);
});
