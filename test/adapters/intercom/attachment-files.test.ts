import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createIntercomAttachments,
  isIntercomsOwn,
} from "../../../src/adapters/intercom/attachment-files.ts";
import type { Attachment } from "../../../src/core/types.ts";
import { png } from "../../fixtures/images.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const megabyte = 1024 * 1024;
const now = Date.UTC(2026, 2, 2, 9, 30);
const signal = new AbortController().signal;

let server: Server;
let origin: string;
let asked: { path: string; authorization: string | undefined }[] = [];
const files: Record<string, Buffer> = {
  "/shot.png": png,
  "/error.log": Buffer.from("Error 403 at line 7"),
  "/large.png": Buffer.concat([png, Buffer.alloc(20 * megabyte)]),
  "/big.png": Buffer.concat([png, Buffer.alloc(9 * megabyte)]),
  "/large.log": Buffer.alloc(megabyte + 1, "x"),
};

beforeAll(async () => {
  server = createServer(({ url = "", headers }, response) => {
    const path = url.replace(/\?.*/, "");
    asked.push({ path, authorization: headers.authorization });
    if (path === "/moved.png") response.writeHead(302, { location: "/shot.png" }).end();
    else if (path === "/slow.png") response.writeHead(200).write("…");
    else if (files[path] === undefined) response.writeHead(404).end();
    else response.writeHead(200).end(files[path]);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const image = (path: string): Attachment => ({
  kind: "image",
  name: null,
  contentType: "image/png",
  url: `${origin}${path}`,
});
const file = (path: string, name = path.slice(1)): Attachment => ({
  kind: "file",
  name,
  contentType: null,
  url: `${origin}${path}`,
});

function create(options: { timeoutMs?: number } = {}) {
  const log = createRecordingLog();
  const isAllowed = (url: URL) => url.origin === origin;
  const opener = createIntercomAttachments({ clock: () => now, log, isAllowed, ...options });
  return { opener, log };
}

async function kindsOf(attachments: Attachment[], images = true, options = {}) {
  const opened = await create(options).opener.open(attachments, { images }, signal);
  return opened.map((one) => one?.kind ?? null);
}

describe("attachments", () => {
  it("are fetched without the token, images as they are and files as words", async () => {
    const opened = await create().opener.open(
      [image("/shot.png"), file("/error.log")],
      { images: true },
      signal,
    );
    expect(opened).toEqual([
      { kind: "image", contentType: "image/png", base64: png.toString("base64") },
      { kind: "text", text: "Error 403 at line 7", isWhole: true },
    ]);
    expect(asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  it("that nobody looks at are not fetched", async () => {
    const voice: Attachment = { ...file("/voice.ogg"), kind: "voice note" };
    expect(await kindsOf([image("/shot.png"), voice, file("/a.zip")], false)).toEqual([
      null,
      null,
      null,
    ]);
    expect(asked).toEqual([]);
  });

  it.each([
    ["has expired", `/shot.png?expires=${now / 1000 - 1}&signature=a`, 0],
    ["leads elsewhere", "/moved.png", 1],
    ["is gone", "/nothing.png", 1],
    ["is larger than 20 MB", "/large.png", 1],
    ["is no image", "/error.log", 1],
  ])("are not opened where an image %s", async (_what, path, requests) => {
    expect(await kindsOf([image(path)])).toEqual([null]);
    expect(asked).toHaveLength(requests);
  });

  it("are opened while their address is valid", async () => {
    expect(await kindsOf([image(`/shot.png?expires=${now / 1000 + 60}`)])).toEqual(["image"]);
  });

  it("are not opened where a file is larger than 1 MB, or an image that calls itself a text", async () => {
    expect(await kindsOf([file("/large.log"), file("/shot.png", "notes.txt")])).toEqual([
      null,
      null,
    ]);
  });

  it("beyond the newest four of a kind, and beyond 32 MB together, are left out", async () => {
    const five = Array.from({ length: 5 }, () => image("/shot.png"));
    expect(await kindsOf(five)).toEqual([null, "image", "image", "image", "image"]);
    const four = Array.from({ length: 4 }, () => image("/big.png"));
    expect(await kindsOf(four)).toEqual([null, "image", "image", "image"]);
  });

  it("that take too long are left out, and the others are there", async () => {
    const both = [image("/slow.png"), image("/shot.png")];
    expect(await kindsOf(both, true, { timeoutMs: 3_000 })).toEqual([null, "image"]);
  });

  it("elsewhere than at Intercom's are never asked for", async () => {
    const log = createRecordingLog();
    const opener = createIntercomAttachments({ clock: () => now, log });
    expect(await opener.open([image("/shot.png")], { images: true }, signal)).toEqual([null]);
    expect(asked).toEqual([]);
  });

  it("leave no signed address in the log", async () => {
    const { opener, log } = create();
    await opener.open(
      [image("/gone.png?signature=secret"), { ...image(""), url: "https://evil.example/secret" }],
      { images: true },
      signal,
    );
    expect(log.lines).toHaveLength(2);
    expect(JSON.stringify(log.lines)).not.toContain("secret");
  });
});

describe("Intercom's own addresses", () => {
  it.each([
    "https://downloads.intercomcdn.com/i/o/1/shot.png?expires=1",
    "https://downloads.eu.intercomcdn.com/i/o/1",
    "https://downloads.au.intercomcdn.com/i/o/1",
    "https://acme.intercom-attachments-1.com/i/o/1",
    "https://acme.intercom-attachments-9.com/i/o/1",
    "https://acme.intercom-attachments.eu/i/o/1",
    "https://acme.au.intercom-attachments.com/i/o/1",
    "https://uploads.intercomusercontent.com/1",
  ])("are %s", (url) => {
    expect(isIntercomsOwn(new URL(url))).toBe(true);
  });

  it.each([
    "http://downloads.intercomcdn.com/1",
    "https://downloads.intercomcdn.com:8443/1",
    "https://user@downloads.intercomcdn.com/1",
    "https://downloads.intercomcdn.com.evil.example/1",
    "https://evil-downloads.intercomcdn.com/1",
    "https://intercom-attachments-1.com.evil.example/1",
    "https://acme.intercom-attachments-10.com/1",
    "https://acmeintercom-attachments.eu/1",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/1",
    "file:///etc/passwd",
    "data:image/png;base64,aa",
  ])("are not %s", (url) => {
    expect(isIntercomsOwn(new URL(url))).toBe(false);
  });
});
