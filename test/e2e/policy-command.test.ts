import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { startSlackStandIn } from "../stand-ins/slack.ts";
import { spawnScript } from "./service-process.ts";
import { startWorld, type World } from "./world.ts";

let world: World | null = null;
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "policy-"));
  path = join(directory, "policy.yaml");
});
afterEach(async () => {
  await world?.stop();
  world = null;
  rmSync(directory, { recursive: true });
});

const file = `
mode:
  - name: VIPs to people
    when: { contact_attribute: { Plan: Gold } }
    mode: review
  - name: Everybody else
    mode: auto
never:
  - name: Legal has it
    when: { words: lawsuit }
escalate:
  - { name: vip, then: "off" }
hand_off: { to: { team: 13 } }
`;

async function policy(words: string[], settings: Record<string, string> = {}) {
  const child = spawnScript("src/policy.ts", settings, words);
  const out: string[] = [];
  const err: string[] = [];
  child.stdout?.on("data", (chunk) => out.push(String(chunk)));
  child.stderr?.on("data", (chunk) => err.push(String(chunk)));
  const [code] = await once(child, "close");
  return { code, out: out.join(""), err: err.join("") };
}

it("says whether a file can be used, without any settings, or all that is wrong with it", async () => {
  writeFileSync(path, file);
  const good = await policy(["check", path]);
  expect(good).toMatchObject({ code: 0, err: "" });
  expect(good.out).toContain("policy.yaml can be used.");
  const example = await policy([
    "check",
    new URL("../../docs/policy.example.yaml", import.meta.url).pathname,
  ]);
  expect(example.out).toMatch(
    /office_hours: Mon 09:00–17:00, Tue 09:00–12:00 and 13:00–17:00, .* each 12-25 closed, .*\(Europe\/Berlin\)/,
  );
  expect(good.out).toContain("mode: VIPs to people, Everybody else");
  expect(good.out).not.toMatch(/escalate: .*vip/);

  writeFileSync(path, `${file}\nonly: 5\ntreshold: 1\n`);
  const bad = await policy(["check", path]);
  expect(bad.code).toBe(1);
  expect(bad.err).toMatch(/only: must be a list of rules[\s\S]*treshold: there is no such key/);
  expect((await policy(["check", join(directory, "none.yaml")])).err).toContain("(ENOENT)");
  expect((await policy([])).err).toContain("npm run policy -- explain");
});

it("says of each rule whether it fits a conversation, and which counts", async () => {
  const more = [
    "office_hours: { from: intercom, teams: { 12: { from: intercom, schedule: Nights } } }",
    "only:",
    "  - { name: While we are here, when: { office_hours: open } }",
  ];
  const sentences = [
    "  - { when: The customer speaks of the law, then: review }",
    "  - { when: The customer haggles, then: review }",
  ];
  writeFileSync(
    path,
    [file.replace("escalate:\n", `escalate:\n${sentences.join("\n")}\n`), ...more].join("\n"),
  );
  world = await startWorld({ POLICY_FILE: path, CHECK_MODEL: "gpt-6-luna" });
  const { intercom, openai, settings } = world;
  const fields = { name: "All week", time_zone_name: "UTC", twenty_four_seven: true };
  intercom.officeHours.push({ id: "1", fields });
  openai.decides((statement) => (statement.includes("law") ? 0.9 : 0.1));
  intercom.contacts.known.set("c-1", { fields: { custom_attributes: { Plan: "Gold" } } });
  const { conversationId } = intercom.customerWrites(null, "My lawyer, and a human, please", {
    contactId: "c-1",
  });
  const { code, out } = await policy(["explain", conversationId], settings);
  expect(code).toBe(0);
  expect(out).toContain("The customer waits for an answer.");
  expect(out).toContain("    Legal has it: does not fit · leaves it to people");
  expect(out).toContain("  → VIPs to people: fits · mode review");
  expect(out).toContain("    Everybody else: fits · mode auto");
  expect(out).toMatch(/ {4}human_request \(built in\): fits · at-once/);
  expect(out).toMatch(/ {4}legal_threat \(built in\): fits · at-once/);
  expect(out).toMatch(/user_frustrated \(built in\): cannot be said yet · offer-first/);
  expect(out).toContain("  → While we are here: fits · lets it be answered");
  expect(out).toContain("  → The customer speaks of the law: fits · review");
  expect(out).toContain("    The customer haggles: does not fit · review");
  expect(out).not.toContain("lawyer");
  expect((await policy(["check", path])).out).toContain(
    "office_hours: from Intercom, its only schedule; team 12: from Intercom, schedule “Nights”",
  );

  const unknown = await policy(["explain", "999999"], settings);
  expect(unknown).toMatchObject({
    code: 1,
    err: expect.stringContaining("no conversation 999999"),
  });
});

it("tells the people in Slack once that an edit cannot be used, and when it can again", async () => {
  const slack = await startSlackStandIn();
  writeFileSync(path, file);
  world = await startWorld({
    POLICY_FILE: path,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_ID: slack.channelId,
    SLACK_API_URL: slack.apiUrl,
  });
  const { service, ready } = world;
  const texts = async () => (await slack.messages()).map(({ text }) => text ?? "");
  const [read] = service().logged("policy file read");
  expect(read).toMatchObject({
    confidenceThreshold: "0.8 (settings)",
    switchedOff: ["vip"],
    otherwise: "auto (settings)",
  });

  // What the file names and the workspace does not have is named at start.
  await eventually(() => {
    expect(service().output()).toContain("no team with the id 13");
    expect(service().output()).toContain("no attribute of contacts called “Plan”");
  });
  expect(service().output()).toContain("12 (Billing)");

  writeFileSync(path, "mode: <automatic>");
  for (let look = 0; look < 3; look += 1) await ready();
  await eventually(async () => expect(await texts()).toHaveLength(1));
  expect((await texts())[0]).toMatch(/cannot be used: the last good one[\s\S]*mode\[1\]\.mode/);

  writeFileSync(path, file);
  await ready();
  await eventually(async () => expect(await texts()).toHaveLength(2));
  expect((await texts())[1]).toContain("can be used again");
  await slack.stop();
});
