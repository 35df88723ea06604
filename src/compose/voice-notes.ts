import { createIntercomRecordings } from "../adapters/intercom/attachment-files.ts";
import { createOpenAITranscriber } from "../adapters/openai/transcriber.ts";
import type { Config } from "../config.ts";
import { withHeardVoiceNotes } from "../core/answering/heard-voice-notes.ts";
import type { Inbox, Log, VoiceNotes } from "../core/ports.ts";

/** In all: fetching and listening. A customer waits, and without the words a person answers. */
const timeoutMs = 25_000;

/** The same inbox, with voice notes in words where TRANSCRIPTION_MODEL is set. @param isAllowed which addresses may be asked for them */
export function withVoiceNotes(
  inbox: Inbox,
  { model }: Config,
  log: Log,
  isAllowed?: (url: URL) => boolean,
): Inbox {
  const named = model?.transcriptionModel ?? null;
  if (model === null || named === null) return inbox;
  const fetchRecording = createIntercomRecordings({
    clock: Date.now,
    log,
    ...(isAllowed === undefined ? {} : { isAllowed }),
  });
  const transcriber = createOpenAITranscriber({ ...model, model: named });
  const voiceNotes: VoiceNotes = {
    async hear(attachment) {
      const signal = AbortSignal.timeout(timeoutMs);
      const recording = await fetchRecording(attachment);
      if (recording === null) return null;
      try {
        const words = await transcriber.transcribe(recording, fileName(attachment.name), signal);
        log.info({ bytes: recording.length, characters: words.length }, "voice note heard");
        return words === "" ? null : words;
      } catch (error) {
        log.warn({ error, model: named }, "voice note not understood: a person gets its message");
        return null;
      }
    },
  };
  return withHeardVoiceNotes(inbox, voiceNotes);
}

/** Servers tell the format by the extension, and may take nothing else of a name. */
function fileName(name: string | null): string {
  const [, extension = "ogg"] = /\.([a-z0-9]{1,5})$/i.exec(name ?? "") ?? [];
  return `voice-note.${extension.toLowerCase()}`;
}
