import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What a stand-in did for one conversation; times in milliseconds of `performance.now()`. */
export type Exchange = { kind: ExchangeKind; arrivedAt: number; answeredAt: number };
export type ExchangeKind = "read" | "customer" | "recall" | "draft" | "reply";

type Pending = { arrivedAt: number; note: ((answeredAt: number) => void) | null };

/**
 * Watches the servers of this process: when each request arrived, when its answer was handed to the
 * system, and how many connections there were. A stand-in that is told to take 20 ms takes a little
 * more, and only what it really took may be held against it instead of the service.
 */
export function watchStandIns() {
  const exchanges = new Map<string, Exchange[]>();
  const connections = new Map<number, number>();
  const requests = new Map<number, number>();
  const current = new AsyncLocalStorage<Pending>();
  const pending = new WeakMap<ServerResponse, Pending>();

  const onConnection = (message: unknown) => {
    countUp(connections, (message as { socket: Socket }).socket.localPort);
  };
  const onRequest = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const arrival: Pending = { arrivedAt: performance.now(), note: null };
    pending.set(response, arrival);
    current.enterWith(arrival);
    countUp(requests, request.socket.localPort);
  };
  const onResponse = (message: unknown) => {
    pending.get((message as { response: ServerResponse }).response)?.note?.(performance.now());
  };
  subscribe("net.server.socket", onConnection);
  subscribe("http.server.request.start", onRequest);
  subscribe("http.server.response.finish", onResponse);

  return {
    stop(): void {
      unsubscribe("net.server.socket", onConnection);
      unsubscribe("http.server.request.start", onRequest);
      unsubscribe("http.server.response.finish", onResponse);
    },
    exchangesOf: (conversation: string): Exchange[] => exchanges.get(conversation) ?? [],
    connectionsTo: (url: string) => connections.get(portOf(url)) ?? 0,
    requestsTo: (url: string) => requests.get(portOf(url)) ?? 0,
    /**
     * Has a stand-in, instead of collecting its requests, say what each one is about. It notes them
     * while it works on them, so that the time of arrival is at hand.
     */
    follow<Request>(
      noted: Request[],
      about: (request: Request) => { conversation: string; kind: ExchangeKind } | null,
    ): void {
      noted.push = (...arrived) => {
        const [request] = arrived;
        const subject = request === undefined ? null : about(request);
        const arrival = current.getStore();
        if (subject === null || arrival === undefined) return 0;
        const { kind, conversation } = subject;
        const exchange = { kind, arrivedAt: arrival.arrivedAt, answeredAt: Number.NaN };
        arrival.note = (answeredAt) => Object.assign(exchange, { answeredAt });
        exchanges.set(conversation, [...(exchanges.get(conversation) ?? []), exchange]);
        return 0;
      };
    },
  };
}

function countUp(counts: Map<number, number>, port: number | undefined): void {
  if (port !== undefined) counts.set(port, (counts.get(port) ?? 0) + 1);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
