import { createClient } from "./client.ts";

/** The customer waits; a minute of speech takes some seconds. */
const timeoutMs = 20_000;
/** What is beyond is no question any more. */
const mostCharacters = 10_000;

/**
 * Speech as words, by the model at `OPENAI_BASE_URL`/audio/transcriptions.
 *
 * @param options.model such as "gpt-4o-mini-transcribe" or "whisper-1"
 */
export function createOpenAITranscriber(options: {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
}) {
  const { model } = options;
  const client = createClient({ ...options, timeoutMs });
  return {
    /**
     * @param recording as it was sent
     * @param name with the extension, from which servers tell the format
     * @returns what is said on it, on one line; "" where nothing is
     * @throws what the library throws where there is no answer
     */
    async transcribe(recording: Buffer, name: string, signal: AbortSignal): Promise<string> {
      const file = new File([new Uint8Array(recording)], name);
      // Plain JSON is the one form that every model and every other server answers with.
      const { text } = await client.audio.transcriptions.create(
        { model, file, response_format: "json" },
        { signal },
      );
      const words = typeof text === "string" ? text.replace(/\s+/g, " ").trim() : "";
      return words.slice(0, mostCharacters).toWellFormed();
    },
  };
}
