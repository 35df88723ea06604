import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuzz, targets } from "./fuzz.ts";
import { mutatedJson } from "./mutations.ts";
import { must, type Target } from "./target.ts";

/** Another seed each day, and the same one all day: what fails can be seen again. */
const seed = Math.floor(Date.now() / 86_400_000);
const runs = 1_500;

describe(`mutated input, with seed ${seed} (npm run fuzz -- --runs ${runs} --seed ${seed})`, () => {
  it.each(Object.entries(targets))(
    "breaks no promise of %s",
    { timeout: 60_000 },
    async (_name, open) => {
      const { failure, seen } = await fuzz(open, runs, seed);
      expect(failure).toBeNull();
      // Were everything refused alike, nothing would have been tried.
      expect(Object.keys(seen).length).toBeGreaterThan(1);
    },
  );
});

describe("a promise that is broken", () => {
  const target = (property: Target["property"]) => () => ({
    name: "broken",
    everyOf: 1,
    property,
    seen: new Map<string, number>(),
    stop: async () => {},
  });

  it("is found, made small and shown with the seed that repeats it", async () => {
    const property = fc.property(mutatedJson([{ a: { b: "secret" } }]), (json) => {
      must(JSON.stringify(json)?.includes("secret") ?? false, "the secret is gone");
    });
    const { failure } = await fuzz(target(property), 500, 7);
    expect(failure).toMatch(/^the secret is gone\n[\s\S]*seed: 7.*\n.*Counterexample/);
  });

  it("is found where nobody waits for what goes wrong", async () => {
    const property = fc.asyncProperty(fc.nat(), async () => {
      process.emit("unhandledRejection", new Error("nobody caught it"), Promise.resolve());
    });
    expect((await fuzz(target(property), 10, 7)).failure).toMatch(/not caught.*nobody caught it/);
  });
});
