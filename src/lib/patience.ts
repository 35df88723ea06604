/** A signal, and what lets go of its timer and its listener once nobody needs it any more. */
export type Patience = { signal: AbortSignal; end(): void };

/**
 * How long to wait for one thing: so many milliseconds, and no longer than the caller does. The
 * platform's `AbortSignal.timeout` keeps its timer, and makes its error, also where all went well.
 *
 * @param caller hands on its reason when it aborts first
 */
export function patienceOf(ms: number, caller?: AbortSignal): Patience {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`no answer in ${ms} ms`)), ms);
  const followCaller = () => controller.abort(caller?.reason);
  if (caller?.aborted) followCaller();
  caller?.addEventListener("abort", followCaller);
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      caller?.removeEventListener("abort", followCaller);
    },
  };
}
