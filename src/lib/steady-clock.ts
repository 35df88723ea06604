/**
 * Milliseconds since 1970 as this process saw them when it started, counted on since then: for measuring
 * how long something took or has to wait. Nobody can set it forward or back, so after the machine's clock
 * was set it no longer tells the time of day.
 */
export function steadyClock(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
