import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A documentation site on the loopback. A path that is not there is answered 404. */
export async function startSite() {
  /** By path with its query, or by path. */
  const pages = new Map<string, Answer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    asked.push(url);
    const answer = pages.get(url) ?? pages.get(url.split("?", 1)[0] ?? "") ?? pages.get("*");
    if (answer === undefined) response.writeHead(404, { "content-type": "text/html" }).end("None");
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `http://${host}`,
    host,
    /** Paths in the order in which they were asked for. */
    asked,
    answer: (path: string, answer: Answer) => void pages.set(path, answer),
    remove: (path: string) => void pages.delete(path),
    page(path: string, body: string | Buffer, headers: Record<string, string> = {}, status = 200) {
      pages.set(path, (_request, response) => {
        const type = { "content-type": "text/html; charset=utf-8" };
        response.writeHead(status, { ...type, ...headers }).end(body);
      });
    },
    sitemap(path: string, ...paths: string[]) {
      const urls = paths.map((one) => `<url><loc>http://${host}${one}</loc></url>`).join("");
      this.page(path, `<urlset>${urls}</urlset>`, { "content-type": "application/xml" });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page as documentation has it, with what stands around on all of them. */
export function htmlPage(title: string, main: string, head = "", language = "en"): string {
  return `<!doctype html><html lang="${language}"><head><title>${title} | Acme</title>${head}</head>
    <body><header><a href="/">Acme</a></header><nav><a href="/pricing">Pricing</a> Menu of Acme</nav>
    <main><h1>${title}</h1>${main}</main><footer>Imprint of Acme</footer></body></html>`;
}
