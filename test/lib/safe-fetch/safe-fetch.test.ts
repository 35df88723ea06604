import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { allowedHosts } from "../../../src/lib/safe-fetch/allowed-hosts.ts";
import {
  createSafeFetch,
  type SafeFetch,
  type SafeFetchOptions,
} from "../../../src/lib/safe-fetch/safe-fetch.ts";

const megabyte = 1024 * 1024;
const signal = new AbortController().signal;
const servers: Server[] = [];
const fetches: SafeFetch[] = [];

afterEach(async () => {
  await Promise.all(fetches.splice(0).map((fetch) => fetch.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function fetchFrom(
  addresses: string[],
  named: string[],
  options: Omit<SafeFetchOptions, "hosts"> = {},
) {
  const fetch = createSafeFetch({ hosts: allowedHosts(addresses, named), ...options });
  fetches.push(fetch);
  return (url: string) => fetch.fetch(url, {}, signal);
}

/** A site that stands on the loopback, named with its port. */
async function site(answer: RequestListener, options: Omit<SafeFetchOptions, "hosts"> = {}) {
  const port = await serve(answer);
  const url = `http://127.0.0.1:${port}`;
  return { url, get: fetchFrom([url], [`127.0.0.1:${port}`], options) };
}

describe("a page of somebody else's", () => {
  it("is read with its status, its headers and its body unpacked", async () => {
    const packers = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };
    const { url, get } = await site((request, response) => {
      const encoding = (request.url ?? "").slice(1) as keyof typeof packers;
      response.setHeader("content-encoding", encoding).setHeader("etag", '"1"');
      response.end(packers[encoding]("Words"));
    });
    for (const encoding of Object.keys(packers)) {
      const answer = await get(`${url}/${encoding}`);
      expect(answer).toMatchObject({ kind: "answer", status: 200, headers: { etag: '"1"' } });
      expect(String(answer.kind === "answer" && answer.body)).toBe("Words");
    }
  });

  it("is one of the hosts that were named, through redirects as well", async () => {
    const { url, get } = await site((request, response) => {
      if (request.url === "/away") response.writeHead(302, { location: "http://example.com/x" });
      if (request.url === "/here") response.writeHead(301, { location: "there?x=1#y" });
      response.end("Words");
    });
    expect(await get("http://example.com/")).toMatchObject({ why: "host-not-named" });
    expect(await get("http://example.com@127.0.0.1/")).toMatchObject({ why: "no-web-address" });
    expect(await get(`${url}/away`)).toMatchObject({ why: "host-not-named" });
    expect(await get(`${url}/here`)).toMatchObject({ kind: "answer", url: `${url}/there?x=1#y` });
    for (const address of ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x", "no address"]) {
      expect(await get(address)).toMatchObject({ kind: "refused", why: "no-web-address" });
    }
  });

  it("is the site's with and without www, on its own port only", async () => {
    const hosts = allowedHosts(["https://docs.example.com/a", "https://x.test:8443"], ["Cdn.test"]);
    const mayRead = (url: string) => hosts.mayRead(new URL(url));
    for (const url of [
      "https://docs.example.com",
      "http://www.docs.example.com/b",
      "https://docs.example.com./",
      "https://x.test:8443/y",
      "https://cdn.test/z",
    ]) {
      expect(mayRead(url), url).toBe(true);
      expect(hosts.mayBePrivate(new URL(url)), url).toBe(false);
    }
    for (const url of [
      "https://docs.example.com:22",
      "https://x.test",
      "https://evil-docs.example.com",
      "https://docs.example.com.evil.test",
      "https://example.com",
    ]) {
      expect(mayRead(url), url).toBe(false);
    }
  });

  it.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://0.0.0.0/",
  ])("is not %s, even where that is what was named", async (address) => {
    expect(await fetchFrom([address], [])(address)).toMatchObject({ why: "private-address" });
  });

  it("is not in the own network by a redirect", async () => {
    const targets = [
      "http://169.254.169.254/latest/meta-data/",
      "http://[fe80::1]/",
      "http://2852039166/",
      "//10.0.0.1/",
    ];
    const port = await serve((request, response) => {
      response.writeHead(307, { location: targets[Number(request.url?.slice(1))] }).end();
    });
    const origin = `http://127.0.0.1:${port}`;
    const get = fetchFrom(
      [origin, ...targets.map((target) => new URL(target, origin).href)],
      [`127.0.0.1:${port}`],
    );
    for (const index of targets.keys()) {
      expect(await get(`${origin}/${index}`)).toMatchObject({ why: "private-address" });
    }
  });

  it("is not in the own network by a name, of whose addresses one is enough", async () => {
    for (const addresses of [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], []]) {
      const get = fetchFrom(["http://docs.test"], [], { resolve: async () => addresses });
      expect(await get("http://docs.test/")).toMatchObject({ why: "private-address" });
    }
  });

  it("is never at a link-local address, named or not", async () => {
    const get = fetchFrom(["http://docs.test:8080"], ["docs.test:8080", "169.254.169.254:80"], {
      resolve: async () => ["169.254.169.254"],
    });
    expect(await get("http://docs.test:8080/")).toMatchObject({ why: "private-address" });
    expect(await get("http://169.254.169.254/")).toMatchObject({ why: "private-address" });
  });

  it("comes from the address that was checked, whatever the name leads to next", async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      response.setHeader("connection", "close").end("Words");
    });
    const answers = [["127.0.0.1"], ["169.254.169.254"]];
    const get = fetchFrom([`http://docs.test:${port}`], [`docs.test:${port}`], {
      resolve: async () => answers[asked++] ?? [],
    });
    // No name server knows docs.test: who connects by the name once more gets nowhere.
    expect(await get(`http://docs.test:${port}/`)).toMatchObject({ kind: "answer", status: 200 });
    expect(asked).toBe(1);
    expect(await get(`http://docs.test:${port}/`)).toMatchObject({ why: "private-address" });
    expect(asked).toBe(2);
  });

  it("is not larger than its limit, whatever it says of itself", async () => {
    const { url, get } = await site((request, response) => {
      if (request.url === "/said") {
        response.setHeader("content-length", 50 * megabyte);
        response.write("x");
        return;
      }
      const chunk = "x".repeat(megabyte);
      let sent = 0;
      const more = () => {
        while (sent < 50 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    expect(await get(`${url}/said`)).toMatchObject({ why: "too-large" });
    expect(await get(`${url}/silent`)).toMatchObject({ why: "too-large" });
  });

  it("does not unpack to more than its limit, nor to nothing for ever", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * megabyte));
    expect(bomb.length).toBeLessThan(megabyte);
    // Empty stored blocks of deflate: each five bytes, none of which becomes anything.
    const empty = Buffer.alloc(5 * megabyte, Buffer.from([0, 0, 0, 0xff, 0xff]));
    const before = process.memoryUsage().rss;
    const { url, get } = await site((request, response) => {
      if (request.url === "/bomb") response.setHeader("content-encoding", "gzip").end(bomb);
      else {
        response.setHeader("content-encoding", "deflate");
        response.write(Buffer.from([0x78, 0x9c]));
        for (let count = 0; count < 4; count++) response.write(empty);
        response.end();
      }
    });
    expect(await get(`${url}/bomb`)).toMatchObject({ why: "too-large" });
    expect(await get(`${url}/nothing`)).toMatchObject({ why: "too-large" });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * megabyte);
  });

  it("is packed in a way that is known, and once", async () => {
    const { url, get } = await site((request, response) => {
      response.setHeader("content-encoding", request.url === "/twice" ? "gzip, gzip" : "zpaq");
      response.end("x");
    });
    expect(await get(`${url}/`)).toMatchObject({ why: "unknown-encoding" });
    expect(await get(`${url}/twice`)).toMatchObject({ why: "unknown-encoding" });
  });

  it("does not redirect for ever", async () => {
    let count = 0;
    const { url, get } = await site((_request, response) => {
      response.writeHead(302, { location: `/${count++}` }).end();
    });
    expect(await get(url)).toMatchObject({ why: "too-many-redirects" });
    expect(count).toBe(6);
  });

  it("fails where it drips, breaks off or is packed wrongly, and says neither words nor query", async () => {
    const { url, get } = await site(
      (request, response) => {
        if (request.url?.startsWith("/packed")) {
          response.setHeader("content-encoding", "gzip").end("not gzip");
          return;
        }
        response.write("x");
        if (request.url === "/broken") response.destroy();
      },
      { timeoutMs: 300 },
    );
    await expect(get(`${url}/drips?token=1`)).rejects.toThrow(
      /^\[web\] GET 127\.0\.0\.1:\d+\/drips → no answer in 300 ms$/,
    );
    await expect(get(`${url}/broken`)).rejects.toMatchObject({ name: "UpstreamError" });
    await expect(get(`${url}/packed?a=b`)).rejects.toMatchObject({ name: "UpstreamError" });
  });

  it("is given up when nobody waits for it any more", async () => {
    const port = await serve(() => {});
    const hosts = allowedHosts([`http://127.0.0.1:${port}`], [`127.0.0.1:${port}`]);
    const fetch = createSafeFetch({ hosts });
    fetches.push(fetch);
    const stopping = new AbortController();
    const fetching = fetch.fetch(`http://127.0.0.1:${port}/`, {}, stopping.signal);
    stopping.abort(new Error("stopping"));
    await expect(fetching).rejects.toThrow("stopping");
  });
});
