import { afterEach, describe, expect, it } from "vitest";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";

const adminToken = "a-token-of-some-length";
let service: ChatService;
afterEach(() => service.stop());

const bearer = { authorization: `Bearer ${adminToken}` };
const guarded = () =>
  startChatService({ access: { isOpen: false, isLocalOnly: false, adminToken } });
const logIn = (token: string, headers: Record<string, string> = {}) =>
  fetch(`http://${service.host}/chat/login`, {
    method: "POST",
    redirect: "manual",
    headers,
    body: new URLSearchParams({ token }),
  });
const cookieOf = (response: Response) => response.headers.get("set-cookie") ?? "";

describe("the chat's door, outside mock mode", () => {
  it("shows the login form in the place of the page and refuses everything else", async () => {
    service = await guarded();
    const page = await service.call("GET", "/chat");
    expect(page.status).toBe(401);
    expect(await page.text()).toContain('action="/chat/login"');
    for (const [method, path] of [
      ["GET", "/chat/sessions"],
      ["POST", "/chat/sessions"],
      ["DELETE", "/chat/sessions/x"],
      ["GET", "/chat/try-past"],
      ["GET", "/chat/past"],
      ["GET", "/chat/past/backtest"],
      ["POST", "/chat/past/trial"],
      ["PUT", "/chat/past/backtest/labels/x"],
    ] as const) {
      expect((await service.call(method, path)).status).toBe(401);
    }
    await expect(service.connect("x")).rejects.toThrow("401");
  });

  it("lets in who sends ADMIN_TOKEN as a bearer token, on the socket too", async () => {
    service = await guarded();
    const response = await service.call("POST", "/chat/sessions", {}, bearer);
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    const socket = await service.connect(id, bearer);
    socket.close();
    const wrong = { authorization: `Bearer ${adminToken}x` };
    expect((await service.call("GET", "/chat/sessions", undefined, wrong)).status).toBe(401);
  });

  it("lets in with the cookie that the form sets, which scripts cannot read nor other sites send", async () => {
    service = await guarded();
    const response = await logIn(adminToken);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/chat");
    const cookie = cookieOf(response);
    expect(cookie).toMatch(/^login=[^;]+; Path=\/; .*HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(adminToken);
    expect(cookieOf(await logIn(adminToken, { "x-forwarded-proto": "https" }))).toMatch(/Secure$/);

    const [pair = ""] = cookie.split(";");
    const page = await service.call("GET", "/chat", undefined, { cookie: pair });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("/chat/page/main.js");
  });

  it("ends a login after twelve hours and refuses one that was tampered with", async () => {
    service = await guarded();
    const [pair = ""] = cookieOf(await logIn(adminToken)).split(";");
    const status = async (cookie: string) =>
      (await service.call("GET", "/chat/sessions", undefined, { cookie })).status;
    expect(await status(pair)).toBe(200);
    const [until = "", role, signature] = pair.replace("login=", "").split(".");
    expect(await status(`login=${Number(until) + 1}.${role}.${signature}`)).toBe(401);
    expect(await status(`login=NaN.${role}.${signature}`)).toBe(401);
    expect(await status(`login=${until}.${role}.`)).toBe(401);
    service.passTime(12 * 60 * 60_000);
    expect(await status(pair)).toBe(401);
  });

  it("leads back to the form after a wrong token, says so after ten, and lets the right one in", async () => {
    service = await guarded();
    for (let tries = 0; tries < 10; tries++) {
      const response = await logIn("wrong");
      expect(response.headers.get("location")).toBe("/chat#wrong-token");
      expect(cookieOf(response)).toBe("");
    }
    expect((await logIn("wrong")).headers.get("location")).toBe("/chat#too-many-logins");
    expect((await logIn(adminToken)).headers.get("location")).toBe("/chat");
    service.passTime(61_000);
    expect((await logIn("wrong")).headers.get("location")).toBe("/chat#wrong-token");
  });

  it("counts wrong tokens by the address that the proxy names", async () => {
    service = await guarded();
    const from = async (address: string) =>
      (await logIn("wrong", { "x-forwarded-for": address })).headers.get("location");
    for (let tries = 0; tries < 10; tries++)
      expect(await from("192.0.2.1")).toBe("/chat#wrong-token");
    expect(await from("192.0.2.1")).toBe("/chat#too-many-logins");
    expect(await from("192.0.2.2")).toBe("/chat#wrong-token");
  });

  it("refuses a login form that another site posts, even with the right token", async () => {
    service = await guarded();
    for (const origin of ["https://evil.example", "null"]) {
      const response = await logIn(adminToken, { origin });
      expect(response.status).toBe(403);
      expect(cookieOf(response)).toBe("");
    }
    expect((await logIn(adminToken, { origin: `http://${service.host}` })).status).toBe(303);
    const logout = await service.call("POST", "/chat/logout", undefined, {
      origin: "https://evil.example",
    });
    expect(logout.status).toBe(403);
  });

  it("logs out", async () => {
    service = await guarded();
    const response = await service.call("POST", "/chat/logout");
    expect(cookieOf(response)).toMatch(/^login=; .*Max-Age=0/);
  });

  it("stays shut where no token is configured", async () => {
    const access = { isOpen: false, isLocalOnly: false, adminToken: null };
    service = await startChatService({ access });
    const response = await service.call("GET", "/chat/sessions", undefined, {
      authorization: "Bearer null",
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: expect.stringContaining("ADMIN_TOKEN") });
    expect((await logIn("null")).headers.get("location")).toBe("/chat#wrong-token");
  });
});

describe("the chat's door, for whoever may only suggest", () => {
  const readerToken = "another-token-of-some-length";

  it("stays shut, with a bearer token, with a login and with a login that claims to be the admin's", async () => {
    const access = { isOpen: false, isLocalOnly: false, adminToken, readerToken };
    service = await startChatService({ access });
    const bearerOfReader = { authorization: `Bearer ${readerToken}` };
    const asked = await service.call("GET", "/chat/sessions", undefined, bearerOfReader);
    expect(asked.status).toBe(403);
    expect(await asked.json()).toEqual({ error: expect.stringContaining("ADMIN_TOKEN") });

    const [pair = ""] = cookieOf(await logIn(readerToken)).split(";");
    expect(pair).toContain(".reader.");
    const page = await service.call("GET", "/chat", undefined, { cookie: pair });
    expect(page.status).toBe(401);
    expect(await page.text()).toContain('action="/chat/login"');
    const forged = { cookie: pair.replace(".reader.", ".admin.") };
    expect((await service.call("GET", "/chat/sessions", undefined, forged)).status).toBe(401);
  });
});

describe("the chat's door, everywhere", () => {
  it("refuses what another site's page sends", async () => {
    service = await startChatService();
    const foreign = { origin: "https://evil.example" };
    expect((await service.call("POST", "/chat/sessions", {}, foreign)).status).toBe(403);
    const { id } = await service.newSession();
    await expect(service.connect(id, foreign)).rejects.toThrow("403");
    await expect(service.connect(id, { origin: "null" })).rejects.toThrow("403");
    const own = await service.connect(id, { origin: `http://${service.host}` });
    own.close();
  });

  it("answers on this machine's own names only while it listens on this machine only", async () => {
    service = await startChatService();
    const { id } = await service.newSession();
    const rebound = { host: "evil.example", origin: "http://evil.example" };
    await expect(service.connect(id, rebound)).rejects.toThrow("403");
    const named = await service.connect(id, { host: "localhost:8000" });
    named.close();
  });

  it("sends a strict Content-Security-Policy with the page and its files", async () => {
    service = await startChatService();
    for (const path of [
      "/chat",
      "/chat/page/main.js",
      "/chat/page/styles.css",
      "/pages/files/base.css",
    ]) {
      const response = await service.call("GET", path);
      expect(response.status).toBe(200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    }
    expect((await service.call("GET", "/chat/page/..%2froutes.ts")).status).not.toBe(200);
  });
});
