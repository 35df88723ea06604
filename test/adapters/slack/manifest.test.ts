import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const file = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
const http = JSON.parse(file("docs/slack-app-manifest.json"));
const socket = JSON.parse(file("docs/slack-app-manifest.socket-mode.json"));

it("is the same for both transports but for the transport", () => {
  const { request_url, ...interactivity } = http.settings.interactivity;
  expect(request_url).toBe("https://YOUR-HOST/slack/events");
  const { request_url: eventsUrl, ...events } = http.settings.event_subscriptions;
  expect(eventsUrl).toBe(request_url);
  expect(socket).toEqual({
    ...http,
    settings: {
      ...http.settings,
      interactivity,
      event_subscriptions: events,
      socket_mode_enabled: true,
    },
  });
});

describe("make slack-app", () => {
  const run = (...words: string[]) => {
    const ran = spawnSync(process.execPath, ["src/slack-app.ts", ...words], {
      cwd: new URL("../../..", import.meta.url),
      encoding: "utf8",
    });
    return { ...ran, manifests: manifestsIn(ran.stdout) };
  };
  const manifestsIn = (text: string) =>
    [...text.matchAll(/^https:\/\/api\.slack\.com\/apps\?new_app=1&manifest_json=(\S+)$/gm)].map(
      ([, json]) => JSON.parse(decodeURIComponent(json ?? "")),
    );

  it.each(["support.example.com", "https://support.example.com/", " support.example.com"])(
    "prints links for both transports with the host %s filled in",
    (given) => {
      const filled = JSON.parse(
        JSON.stringify(http).replaceAll("YOUR-HOST", "support.example.com"),
      );
      expect(run(given).manifests).toEqual([filled, socket]);
    },
  );

  it("without a host prints the link for Socket Mode, and how to get the other", () => {
    const { manifests, stdout, status } = run("");
    expect(manifests).toEqual([socket]);
    expect(stdout).toContain("make slack-app HOST=");
    expect(status).toBe(0);
  });

  it.each(["localhost", "not a host", "exa$mple.com", 'x"y.example.com'])(
    "refuses %s, which Slack could not reach",
    (given) => {
      const { status, stdout, stderr } = run(given);
      expect(status).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toContain(`HOST=${given} is no host name`);
    },
  );
});

it("asks for no scope that the documentation does not explain", () => {
  for (const scope of http.oauth_config.scopes.bot) {
    expect(file("docs/slack.md")).toContain(`| \`${scope}\` |`);
    expect(file("README.md")).toContain(`\`${scope}\``);
  }
});
