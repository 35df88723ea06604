import { defineConfig } from "vitest/config";

// Biome bans default exports; Vite's configuration files are the one place that needs them.
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    environment: "node",
    // Two processes: the end-to-end tests start services of their own beside them.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // A busy machine takes longer than the second that is the default.
    expect: { poll: { timeout: 30_000 } },
  },
});
