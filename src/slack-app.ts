import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

// `make slack-app HOST=support.example.com`: prints the links that create the Slack app from its
// manifests. Nothing is sent anywhere; the links hold no secret.

/** Opens Slack's form with everything filled in: https://docs.slack.dev/app-manifests */
const form = "https://api.slack.com/apps?new_app=1&manifest_json=";

const { positionals } = parseArgs({ allowPositionals: true });
const given = positionals[0]?.trim() ?? "";
// An address from the browser's bar is a host too.
const host = given.replace(/^https?:\/\//i, "").replace(/\/.*$/, "");

if (given !== "" && !/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?$/i.test(host)) {
  process.stderr.write(
    `HOST=${given} is no host name that Slack could reach. Give the one under which the service is reached from outside: make slack-app HOST=support.example.com\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`${given === "" ? withoutHost() : withHost()}\n`);
}

function withHost(): string {
  return `Clicks over HTTP, to https://${host}/slack/events. Open this, then Next → Create:

${linkTo("slack-app-manifest.json")}

Or in Socket Mode, which needs no public address:

${linkTo("slack-app-manifest.socket-mode.json")}`;
}

function withoutHost(): string {
  return `In Socket Mode, which needs no public address. Open this, then Next → Create:

${linkTo("slack-app-manifest.socket-mode.json")}

For clicks over HTTP say where the service is reached: make slack-app HOST=support.example.com`;
}

function linkTo(file: string): string {
  const manifest = readFileSync(new URL(`../docs/${file}`, import.meta.url), "utf8");
  const filled = JSON.stringify(JSON.parse(manifest.replaceAll("YOUR-HOST", host)));
  return form + encodeURIComponent(filled);
}
