import type { Config } from "../config.ts";
import { UpstreamError } from "../lib/errors.ts";
import { patienceMs } from "./ask.ts";
import { type Check, createFindings } from "./check.ts";

/** Searches once, as each recall does. */
export async function checkMem0(config: NonNullable<Config["mem0"]>): Promise<Check[]> {
  const findings = createFindings("mem0");
  // Loads Mem0's own package, which only an installation with Mem0 needs.
  const { createMem0Memory } = await import("../adapters/mem0/mem0-memory.ts");
  const memory = createMem0Memory({
    ...config,
    namespace: "auto-responder",
    timeoutMs: patienceMs,
  });
  try {
    const beganAt = Date.now();
    await memory.recallAnswers("password", { limit: 1 }, AbortSignal.timeout(patienceMs));
    findings.ok("search", `${config.baseUrl} answers in ${Date.now() - beganAt} ms`);
    findings.unproved("writing", "whether answers may be stored shows only when one is");
  } catch (error) {
    const status = error instanceof UpstreamError ? error.status : null;
    if (status === 401 || status === 403) {
      const hint = "Copy the key again, whole.";
      findings.wrong("failed", "key", `the key is not accepted (${status})`, hint, "MEM0_API_KEY");
    } else if (status === 404) {
      findings.wrong(
        "failed",
        "kind",
        `${config.baseUrl} does not know the addresses of Mem0's ${config.kind}`,
        "Set MEM0_KIND=server for a Mem0 of your own and MEM0_KIND=platform for the hosted one, and see whether the address is right.",
        "MEM0_KIND",
      );
    } else {
      const why = status === null ? "does not answer" : `answers with ${status}`;
      const hint = "See whether it runs there and whether this machine reaches it.";
      findings.wrong("failed", "reachable", `${config.baseUrl} ${why}`, hint, "MEM0_BASE_URL");
    }
  } finally {
    memory.close();
  }
  return findings.checks;
}
