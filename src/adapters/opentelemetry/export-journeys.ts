import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createJourneySpans, type JourneySpans } from "./journey-spans.ts";

/**
 * Sends a trace of each journey to a collector over OTLP/HTTP. Where it is, with which headers, and
 * under which name the service shows, is said by OpenTelemetry's own variables, which its packages
 * read themselves: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME …
 */
export function exportJourneys(about: { name: string; version: string }): JourneySpans & {
  /** Sends what is left, and ends. */
  close(): Promise<void>;
} {
  const own = { "service.name": about.name, "service.version": about.version };
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const spans = createJourneySpans(provider.getTracer(about.name, about.version));
  return { ...spans, close: () => provider.shutdown() };
}
