import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "policy-"));
  const path = join(directory, "policy.yaml");
  writeFileSync(path, "mode: auto\nhand_off: { to: { team: 12 } }");
  world = await startWorld({ POLICY_FILE: path, SWEEP_INTERVAL_SECONDS: "1" });
});
afterEach(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

function partsOf(conversationId: string) {
  return world.intercom
    .conversation(conversationId)
    .conversation_parts.conversation_parts.map(({ part_type }) => part_type);
}

it.each(["before", "after"] as const)(
  "goes on after a kill right %s the assignment: one note, one assignment, one word",
  async (when) => {
    let kills = 0;
    world.intercom.setFault(({ method, path }) => {
      if (method !== "POST" || !path.endsWith("/parts") || kills > 0) return null;
      kills += 1;
      void world.service().kill();
      return { kind: "drop", when };
    });
    const { conversationId } = await world.ask("Can I talk to a human?");
    await eventually(() => expect(kills).toBe(1), 15_000);
    const isAssigned = when === "after";
    await eventually(() =>
      expect(partsOf(conversationId)).toEqual(isAssigned ? ["note", "assignment"] : ["note"]),
    );

    await world.restart();
    await eventually(() => expect(partsOf(conversationId)).toEqual(["note", "assignment"]), 15_000);
    // Several sweeps later nothing has been added.
    const sweeps = () =>
      world.intercom.requests.filter(({ path }) => path === "/conversations/search").length;
    const before = sweeps();
    await eventually(() => expect(sweeps()).toBeGreaterThan(before + 3), 15_000);
    expect(partsOf(conversationId)).toEqual(["note", "assignment"]);
    expect(world.intercom.conversation(conversationId).team_assignee_id).toBe(12);
  },
);
