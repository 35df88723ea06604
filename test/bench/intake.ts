import { type ChildServer, startChildServer } from "./child-server.ts";
import { type Figure, median, percentile } from "./figures.ts";
import { webhookRequests } from "./webhook-bodies.ts";
import { saturate, sendAtRate } from "./webhook-load.ts";

export const intakeLoad = {
  rounds: 7,
  secondsEach: 3,
  warmUpSeconds: 3,
  connections: 32,
  openLoopPerSecond: 500,
};

/**
 * The intake beside a bare server, both running all the time and loaded in turn: whatever else the
 * machine does meets both alike. Each ratio is taken within a round, then the median of the rounds.
 */
export async function benchIntake(): Promise<Figure[]> {
  const { rounds, secondsEach, warmUpSeconds, openLoopPerSecond } = intakeLoad;
  const requests = webhookRequests(256);
  const bare = await startChildServer("./bare-server.ts");
  const ours = await startChildServer("./intake-server.ts");
  try {
    for (const { port } of [bare, ours]) await closedLoop(port, requests, warmUpSeconds);
    const measured: { bare: Round; ours: Round }[] = [];
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? bare : ours;
      const one = await measure(first, requests, secondsEach);
      const other = await measure(first === bare ? ours : bare, requests, secondsEach);
      measured.push(first === bare ? { bare: one, ours: other } : { bare: other, ours: one });
    }
    const figure = (
      name: string,
      unit: string,
      goal: Figure["goal"],
      of: (round: Round) => number,
    ) => ({
      name,
      unit,
      goal,
      value: median(measured.map((round) => of(round.ours))),
      reference: {
        name: "bare node:http",
        value: median(measured.map((round) => of(round.bare))),
      },
      ratio: median(measured.map((round) => of(round.ours) / of(round.bare))),
    });
    return [
      figure(
        "webhooks taken, as many as it can",
        "/s",
        { of: "ratio", atLeast: 0.75 },
        (round) => round.perSecond,
      ),
      figure("processor time for each", "µs", null, (round) => round.cpuMicroseconds),
      figure("time to the answer at that load, p99", "ms", null, (round) => round.saturatedP99Ms),
      figure(
        `time to the answer at ${openLoopPerSecond}/s, p99`,
        "ms",
        { of: "value", atMost: 15 },
        (round) => round.openLoopP99Ms,
      ),
    ];
  } finally {
    await Promise.all([bare.stop(), ours.stop()]);
  }
}

type Round = {
  perSecond: number;
  cpuMicroseconds: number;
  saturatedP99Ms: number;
  openLoopP99Ms: number;
};

async function measure(server: ChildServer, requests: Buffer[], seconds: number): Promise<Round> {
  const before = await server.usage();
  const { latenciesMs, perSecond } = await closedLoop(server.port, requests, seconds);
  const after = await server.usage();
  let sent = 0;
  const next = () => requests[sent++ % requests.length] ?? Buffer.alloc(0);
  const openLoop = await sendAtRate(server.port, next, {
    perSecond: intakeLoad.openLoopPerSecond,
    seconds,
  });
  return {
    perSecond,
    cpuMicroseconds: ((after.cpuMs - before.cpuMs) * 1000) / latenciesMs.length,
    saturatedP99Ms: percentile(latenciesMs, 0.99),
    openLoopP99Ms: percentile(openLoop.latenciesMs, 0.99),
  };
}

function closedLoop(port: number, requests: Buffer[], seconds: number) {
  const end = performance.now() + seconds * 1000;
  return saturate(port, requests, {
    connections: intakeLoad.connections,
    until: () => performance.now() >= end,
  });
}
