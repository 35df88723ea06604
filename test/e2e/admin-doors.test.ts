import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "./world.ts";

// Every address that the README calls the admin's is shut to whoever has no token, also one that is new.

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const doors = readme
  .split("\n")
  .filter((line) => /^\| `[^|]*\/[^|]*\|.*\| `ADMIN_TOKEN`[^|]*\|$/.test(line))
  .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/\/[a-z]+(?:\/[a-z{}]+)*/g)])
  .map(([path]) => path.replace(/\{[a-z]+\}/g, "1"));

let world: World;
beforeAll(async () => {
  world = await startWorld({ CHAT_UI_ENABLED: "true" });
});
afterAll(() => world.stop());

it("the README names the admin's addresses", () => {
  expect(doors).toEqual(expect.arrayContaining(["/sync", "/memory", "/feedback", "/insight"]));
});

it.each([...new Set(doors)])("%s tells nothing without the token", async (path) => {
  for (const authorization of ["", "Bearer wrong"]) {
    const response = await fetch(`${world.service().baseUrl}${path}`, {
      headers: { accept: "application/json", authorization },
      redirect: "manual",
    });
    expect(response.status).toBe(401);
  }
});
