import { defineConfig } from "vitest/config";

export default defineConfig({
  // Not isolated: each file would load all modules anew, and no test changes one.
  test: { include: ["tests/**/*.test.ts"], pool: "threads", isolate: false },
});
