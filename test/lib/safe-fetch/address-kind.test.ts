import { describe, expect, it } from "vitest";
import { kindOfAddress } from "../../../src/lib/safe-fetch/address-kind.ts";

describe("an address", () => {
  it.each([
    "93.184.216.34",
    "8.8.8.8",
    "100.63.255.255",
    "172.32.0.1",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ])("%s is public", (address) => {
    expect(kindOfAddress(address)).toBe("public");
  });

  it.each([
    "10.1.2.3",
    "127.0.0.1",
    "100.64.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0a00:1",
    "0:0:0:0:0:ffff:a00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
  ])("%s is private", (address) => {
    expect(kindOfAddress(address)).toBe("private");
  });

  it.each([
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "0.0.0.0",
    "::",
    "255.255.255.255",
    "224.0.0.1",
    "ff02::1",
    "2002:7f00:1::",
    "2001:0:53aa:64c::1",
    "198.18.0.1",
    "100.100.100.200",
    "",
    "example.com",
    "1.2.3",
  ])("%s is never to be read", (address) => {
    expect(kindOfAddress(address)).toBe("never");
  });
});
