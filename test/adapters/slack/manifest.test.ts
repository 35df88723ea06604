import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const file = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
const http = JSON.parse(file("docs/slack-app-manifest.json"));
const socket = JSON.parse(file("docs/slack-app-manifest.socket-mode.json"));

it("is the same for both transports but for the transport", () => {
  const { request_url, ...interactivity } = http.settings.interactivity;
  expect(request_url).toBe("https://YOUR-HOST/slack/events");
  expect(socket).toEqual({
    ...http,
    settings: { ...http.settings, interactivity, socket_mode_enabled: true },
  });
});

it("stands in the README's links that create the app", () => {
  const links = file("README.md").matchAll(
    /api\.slack\.com\/apps\?new_app=1&manifest_json=([^)]+)/g,
  );
  const manifests = [...links].map(([, json]) => JSON.parse(decodeURIComponent(json ?? "")));
  expect(manifests).toEqual([http, socket]);
});

it("asks for no scope that the documentation does not explain", () => {
  for (const scope of http.oauth_config.scopes.bot) {
    expect(file("docs/slack.md")).toContain(`| \`${scope}\` |`);
    expect(file("README.md")).toContain(`\`${scope}\``);
  }
});
