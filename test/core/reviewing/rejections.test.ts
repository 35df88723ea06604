import { expect, it } from "vitest";
import type { DraftRequest } from "../../../src/core/ports.ts";
import { withRejections } from "../../../src/core/reviewing/rejections.ts";
import { noteRejected } from "../../../src/core/reviewing/review-wording.ts";
import type { Part } from "../../../src/core/types.ts";
import { conversation, customer, draft, part, us } from "../../fixtures/conversations.ts";
import { requestFor } from "../../stand-ins/draft-request.ts";

async function toldOf(notes: (asked: Part) => Part[]): Promise<string[] | undefined> {
  let seen: DraftRequest | null = null;
  const drafter = withRejections({
    async draft(request) {
      seen = request;
      return { draft: draft() };
    },
  });
  const asked = part(customer, "How?");
  const turn = { basePartId: asked.id, messages: [asked], earlier: [] };
  const read = conversation([asked, ...notes(asked)]);
  await drafter.draft(
    { ...requestFor(["How?"]), conversation: read, turn },
    AbortSignal.timeout(10_000),
  );
  return (seen as DraftRequest | null)?.rejections;
}

const rejected = (basePartId: string, reason: string | null) =>
  part(us, noteRejected({ basePartId, cardId: "C1-1.1", by: "Alice", reason }), { kind: "note" });

it("tells a model why people rejected drafts for the same messages, and for no others", async () => {
  expect(
    await toldOf(({ id }) => [rejected(id, "Wrong: no page"), rejected("other", "Tone")]),
  ).toEqual(["Wrong: no page"]);
  expect(await toldOf(({ id }) => [rejected(id, null)])).toBeUndefined();
  expect(await toldOf(() => [])).toBeUndefined();
});
