import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startDemo } from "./demo-world.ts";

let world: Awaited<ReturnType<typeof startDemo>>;
beforeEach(async () => {
  world = await startDemo();
});
afterEach(() => world.stop());

const zip = (words: string) =>
  Buffer.from(zipSync({ "docs/parrots.md": Buffer.from(`# What parrots eat\n\n${words}\n`) }));
const post = async (query: string, body: Buffer, type = "application/zip") => {
  const headers = { "content-type": type };
  const url = `${world.url}/knowledge/import?${query}`;
  const response = await fetch(url, { method: "POST", body, headers });
  return { status: response.status, body: (await response.json()) as { error?: string } };
};
const sources = async () =>
  ((await (await fetch(`${world.url}/knowledge`)).json()) as { sources: object[] }).sources;

async function told(): Promise<string> {
  const { drafting } = await world.ask("What do parrots eat?");
  return drafting !== null && "draft" in drafting ? drafting.draft.reply : "";
}

describe("a zip that is posted", { timeout: 60_000 }, () => {
  it("is answered from at once, replaced by the next of its name, and removed", async () => {
    expect(await told()).not.toContain("seeds");
    expect(await post("name=birds", zip("Parrots eat seeds."))).toEqual({
      status: 201,
      body: { name: "birds", audience: "customers", files: 1, leftOut: [] },
    });
    expect(await told()).toContain("Parrots eat seeds.");
    expect(await sources()).toMatchObject([{ name: "birds", state: "read", articles: 1 }]);

    await post("name=birds", zip("Parrots eat fruit."));
    expect(await told()).toContain("Parrots eat fruit.");
    expect(await sources()).toHaveLength(1);

    const removal = { method: "DELETE" };
    const remove = () => fetch(`${world.url}/knowledge/import?name=birds`, removal);
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect(await sources()).toEqual([]);
    expect(await told()).not.toContain("fruit");
  });

  it("says in words what cannot be taken", async () => {
    const good = zip("Words.");
    expect(await post("name=../x", good)).toMatchObject({ status: 400 });
    expect(await post("audience=all&name=a", good)).toMatchObject({ status: 400 });
    // What a form of a foreign page could send.
    expect(await post("name=a", good, "text/plain")).toMatchObject({ status: 400 });
    expect(await post("name=a", Buffer.alloc(0))).toMatchObject({ status: 400 });
    const broken = await post("name=a", Buffer.from("no zip"));
    expect(broken.status).toBe(422);
    expect(broken.body.error).toContain("Nothing was imported: it is no zip that can be read");
    const large = await post("name=a", Buffer.alloc(51 * 1024 * 1024));
    expect([large.status, large.body.error]).toEqual([
      413,
      "A zip may have 50 MB: import it in parts, or name its folder in KNOWLEDGE_SOURCES.",
    ]);
  });
});
