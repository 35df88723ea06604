import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { htmlPage, startSite } from "../stand-ins/site.ts";
import { startDemo } from "./demo-world.ts";

const patience = { timeout: 40_000, interval: 100 };
let site: Awaited<ReturnType<typeof startSite>>;
let world: Awaited<ReturnType<typeof startDemo>> | null = null;

beforeEach(async () => {
  site = await startSite();
});
afterEach(async () => {
  await world?.stop();
  world = null;
  site.close();
});

const parrots = "<p>Parrots eat seeds and fruit, twice a day.</p>";

describe("knowledge from a site", { timeout: 60_000 }, () => {
  it("answers from its pages, once they are read, in place of the demo's", async () => {
    site.sitemap("/sitemap.xml", "/parrots");
    site.page("/parrots", htmlPage("What parrots eat", parrots));
    const sources = `birds=${site.url}`;
    world = await startDemo({ sources, hosts: site.host, refreshMs: 3_600_000 });

    await vi.waitFor(async () => {
      const report = await world?.ask("What do parrots eat?");
      expect(report?.decision).toMatchObject({ action: "reply" });
      const reply = expect.stringContaining("Parrots eat seeds and fruit");
      expect(report?.drafting).toMatchObject({ draft: { reply } });
    }, patience);
  });

  it("reads nothing in a private network that was not named with its port", async () => {
    site.page("/", htmlPage("What parrots eat", parrots));
    world = await startDemo({ sources: `birds=${site.url}`, refreshMs: 3_600_000 });
    await vi.waitFor(() => {
      const failed = world?.log.lines.filter(({ event }) => event.startsWith("articles not"));
      expect(failed).toMatchObject([{ values: { kind: "source:birds" } }]);
    }, patience);
    expect(site.asked).toEqual([]);
  });
});
