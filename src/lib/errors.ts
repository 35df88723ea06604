/**
 * A call to an outside service failed.
 *
 * The message names service, call and result (`[mem0] POST /v3/memories/search → 429`) and never a
 * body, a token or a customer's text.
 */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly service: string;
  /** HTTP status, where there was an answer. */
  readonly status: number | null;
  /** Whether the same call may succeed later. */
  readonly isRetryable: boolean;

  constructor(
    service: string,
    call: string,
    result: string,
    details: { status?: number | null; isRetryable?: boolean; cause?: unknown } = {},
  ) {
    super(`[${service}] ${call} → ${result}`, { cause: details.cause });
    this.service = service;
    this.status = details.status ?? null;
    this.isRetryable = details.isRetryable ?? true;
  }
}
