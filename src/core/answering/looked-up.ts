import {
  checkedInputs,
  identityFor,
  type LookupTool,
  lookupId,
  mostLookups,
  type WantedLookup,
} from "../lookup-tools.ts";
import type { Drafter, DraftRequest, Log, LookupRunner } from "../ports.ts";
import type { Draft, Policy, Source } from "../types.ts";

/**
 * The same drafter, whose model may have something looked up before it answers: at most two things, in one
 * extra round, of those that the policy declares and this customer may be told. What comes back is a source
 * of this draft and of no other. Where a look-up fails, the draft says so, and a person decides.
 */
export function withLookupTools(
  drafter: Drafter,
  { policy, runner, log }: { policy: () => Policy; runner: LookupRunner; log: Log },
): Drafter {
  return {
    async draft(request, signal) {
      const tools = policy().lookups.flatMap((tool) => {
        const identity = identityFor(tool, request.conversation.customer);
        return identity === null ? [] : [{ tool, identity }];
      });
      if (tools.length === 0) return drafter.draft(request, signal);
      const offered = tools.map(({ tool }) => tool);
      const first = await drafter.draft({ ...request, lookups: offered }, signal);
      const wanted = "draft" in first ? (first.draft.wantedLookups ?? []) : [];
      if ("noDraft" in first || wanted.length === 0) return first;

      const results = await Promise.all(
        onceEach(wanted).map((one) => lookUp(one, tools, request, signal)),
      );
      const found = results.flatMap((result) => ("source" in result ? [result.source] : []));
      const failed = results.flatMap((result) => ("failed" in result ? [result.failed] : []));
      if (found.length === 0) return { draft: { ...first.draft, failedLookups: failed } };

      const sources = [...found, ...request.recall.sources];
      const second = await drafter.draft(
        { ...request, recall: { ...request.recall, sources } },
        signal,
      );
      if ("noDraft" in second) return second;
      const draft = withCostOf(first.draft, second.draft);
      return { draft: failed.length === 0 ? draft : { ...draft, failedLookups: failed } };
    },
  };

  async function lookUp(
    { name, inputs: given }: WantedLookup,
    tools: { tool: LookupTool; identity: Record<string, string> }[],
    { conversation }: DraftRequest,
    signal: AbortSignal,
  ): Promise<{ source: Source } | { failed: string }> {
    const known = tools.find(({ tool }) => tool.name === name);
    if (known === undefined) return { failed: name };
    const { tool, identity } = known;
    const about = { conversationId: conversation.id, lookup: tool.name };
    const checked = checkedInputs(tool, given);
    if ("problem" in checked) {
      log.info({ ...about, why: checked.problem }, "not looked up");
      return { failed: tool.name };
    }
    const { inputs } = checked;
    const result = await runner.run(tool, { ...inputs, ...identity }, signal);
    if ("problem" in result) {
      log.warn({ ...about, why: result.problem }, "look-up failed: a person decides");
      return { failed: tool.name };
    }
    log.info({ ...about, characters: result.text.length }, "looked up");
    const values = Object.values(inputs).join(", ");
    return {
      source: {
        id: lookupId(tool.name, inputs),
        kind: "lookup",
        title: values === "" ? tool.about : `${tool.about}: ${values}`,
        url: null,
        text: result.text,
        score: 1,
        language: null,
        at: conversation.readAt,
        isInternal: false,
        mayLink: tool.mayLink,
      },
    };
  }
}

/** The first few, each once; what is asked twice costs twice and tells nothing. */
function onceEach(wanted: WantedLookup[]): WantedLookup[] {
  const byKey = new Map(wanted.map((one) => [JSON.stringify([one.name, one.inputs]), one]));
  return [...byKey.values()].slice(0, mostLookups);
}

/** Both rounds were paid for. */
function withCostOf(first: Draft, second: Draft): Draft {
  const sum = (one: number | null, other: number | null) =>
    one === null || other === null ? other : one + other;
  const { origin } = second;
  return {
    ...second,
    origin: {
      ...origin,
      promptTokens: sum(first.origin.promptTokens, origin.promptTokens),
      completionTokens: sum(first.origin.completionTokens, origin.completionTokens),
      costUsd: sum(first.origin.costUsd, origin.costUsd),
    },
  };
}
