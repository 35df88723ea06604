import { describe, expect, it } from "vitest";
import { isPrivateAddress, withoutPrivateAddresses } from "../../src/lib/private-address.ts";
import { cpuMsOf } from "./cpu-time.ts";

const teamsOwn = [
  "https://app.intercom.com/a/inbox/abc/inbox/shared/all/conversation/42",
  "https://app.eu.intercom.com/a/apps/abc/conversations/42",
  "https://app.au.intercom.com/a/inbox/abc",
  "https://app.intercom.io/a/apps/abc",
  "HTTPS://APP.INTERCOM.COM/a/inbox",
  "https://app.intercom.com./a/inbox",
  "app.intercom.com/a/inbox/abc",
  "//app.intercom.com/a/inbox/abc",
  "https://acme.slack.com/archives/C01/p1700000000",
  "https://app.slack.com/client/T1/C1",
  "https://files.slack.com/files-pri/T1-F1/x.png",
  "https://hooks.slack.com/services/T1/B1/x",
  "https://slack.com/archives/C01",
  "https://slack-files.com/T1-F1",
  "slack://channel?team=T1&id=C1",
  "http://localhost:3000/chat",
  "localhost:8080",
  "http://api.localhost/",
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0177.0.0.1/",
  "http://0x7f.1/",
  "http://10.1.2.3/wiki",
  "http://172.20.0.1/",
  "http://192.168.1.1/",
  "http://169.254.169.254/latest/meta-data",
  "http://100.64.1.1/",
  "http://[::1]:3000/",
  "http://[fd00::1]/",
  "http://[fe80::1]/",
  "http://[::ffff:10.0.0.1]/",
  "https://wiki/page",
  "https://wiki.acme.internal/page",
  "https://jira.acme.corp/browse/A-1",
  "http://printer.local/",
  "https://nas.home.arpa/",
  "https://anna:secret@example.com/",
  "https://anna@example.com/",
  "https://bucket.s3.amazonaws.com/a.pdf?X-Amz-Signature=abc&X-Amz-Date=1",
  "https://storage.googleapis.com/b/a.pdf?X-Goog-Signature=abc",
  "https://acme.blob.core.windows.net/c/a.pdf?sv=1&sig=abc",
  "https://d1.cloudfront.net/a.pdf?Expires=1&Signature=abc&Key-Pair-Id=K",
  "https://downloads.intercomcdn.com/i/o/1/a.png?expires=1&signature=abc",
  "https://example.com/reset?token=abc",
  "https://example.com/reset?reset_token=abc",
  "https://example.com/?access_token=abc",
  "https://example.com/?api_key=abc",
];

const everybodys = [
  "https://help.acme.com/en/articles/1-invoices",
  "help.acme.com/en",
  "https://intercom.help/acme/en/articles/1",
  "https://www.intercom.com/help",
  "https://developers.intercom.com/docs",
  "https://slack.com/help/articles/1",
  "https://api.slack.com/apps",
  "https://join.slack.com/t/community/shared_invite/zt-1",
  "https://notslack.com/archives/C01",
  "https://acme.com/?utm_source=mail&id=4",
  "https://acme.com/tokens?page=2",
  "https://acme.com/localhost",
  "https://local.acme.com/",
  "http://172.32.0.1/",
  "http://8.8.8.8/",
  "http://[2001:4860:4860::8888]/",
  "mailto:anna@example.com",
  "",
  "12:30",
  "and/or",
];

describe("whether an address is the team's own", () => {
  it.each(teamsOwn)("%s is", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(everybodys)("%s is not", (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe("a text without the team's own addresses", () => {
  it.each([
    ["See https://app.intercom.com/a/inbox/1.", "See."],
    ["See [the page](https://app.intercom.com/a/inbox/1) first.", "See the page first."],
    ["Ask in <https://acme.slack.com/archives/C1|our channel> first.", "Ask in our channel first."],
    ["It is there (http://wiki.acme.internal/x), look.", "It is there, look."],
    ["Link:http://10.0.0.1/x and on", "Link: and on"],
    ["Open app.intercom.com/a/inbox/1 now", "Open now"],
    ["Open localhost:3000 now", "Open now"],
    ["<https://app.slack.com/client/T1>", ""],
  ])("%s", (text, cleaned) => {
    expect(withoutPrivateAddresses(text)).toBe(cleaned);
  });

  it.each([
    "See https://help.acme.com/en (and/or [this](https://acme.com/a_(b))), 24/7: call foo() <b>.",
    "Your router answers at 192.168.0.1; localhost is your own computer.",
    ...everybodys,
  ])("leaves as it is: %s", (text) => {
    expect(withoutPrivateAddresses(text)).toBe(text);
  });

  it("takes linear time for whatever comes in", () => {
    for (const piece of ["http://", "[", "<\uE000", "a.", "://", "//", "a:", "[](", "localhost:"]) {
      const text = piece.repeat(200_000 / piece.length);
      expect(cpuMsOf(() => withoutPrivateAddresses(text))).toBeLessThan(500);
    }
  });
});
