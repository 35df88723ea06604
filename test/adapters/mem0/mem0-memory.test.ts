import { vi } from "vitest";

import { createMem0Memory } from "../../../src/adapters/mem0/mem0-memory.ts";
import { describeAnswerMemory } from "../../contracts/memory.ts";
import { startMem0StandIn } from "../../stand-ins/mem0.ts";

// Read by the package while it is loaded, which the adapter does lazily.
vi.stubEnv("MEM0_TELEMETRY", "false");

for (const kind of ["platform", "server"] as const) {
  describeAnswerMemory(
    `Mem0 (${kind})`,
    async () => {
      const standIn = await startMem0StandIn(kind);
      const memory = createMem0Memory({
        kind,
        apiKey: standIn.apiKey,
        baseUrl: standIn.url,
        namespace: "test",
        timeoutMs: 2_000,
      });
      return { memory, close: () => standIn.close() };
    },
    { listsOldTurns: kind === "platform" },
  );
}
