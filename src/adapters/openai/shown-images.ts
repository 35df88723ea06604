import { APIError } from "openai";
import type { ChatCompletionContentPart } from "openai/resources/chat/completions";
import type { DraftRequest } from "../../core/ports.ts";

/** The images of a request as parts of its message, each behind the number that the prompt gives it. */
export function imageParts({ attachments = [] }: DraftRequest): ChatCompletionContentPart[] {
  return attachments.flatMap((one, index): ChatCompletionContentPart[] => {
    if (one.kind !== "image") return [];
    const url = `data:${one.contentType};base64,${one.base64}`;
    return [
      { type: "text", text: `Attachment ${index + 1}, an image from the customer:` },
      { type: "image_url", image_url: { url } },
    ];
  });
}

/** The same request for a model that is not shown images. */
export function withoutImages(request: DraftRequest): DraftRequest {
  const { attachments = [] } = request;
  return { ...request, attachments: attachments.filter(({ kind }) => kind !== "image") };
}

/**
 * Whether a request was perhaps refused because of its images: servers say so in many ways, and asking
 * once more without them costs one call.
 */
export function isAboutImages(error: unknown): boolean {
  return error instanceof APIError && [400, 404, 413, 415, 422, 501].includes(error.status ?? 0);
}
