import type { Usage } from "./child-server.ts";

/**
 * Has a server of the benchmark tell its parent, when asked, what it uses, and end with it: in
 * order, so that a profiler can write what it saw.
 */
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 };
  process.send?.(usage);
});
process.once("disconnect", () => process.exit(0));
