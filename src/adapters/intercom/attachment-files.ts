import axios, { isAxiosError } from "axios";
import type { AttachmentOpener, Clock, Log } from "../../core/ports.ts";
import type { Attachment, FileContent } from "../../core/types.ts";
import { contentOf, mayHoldWords } from "../../lib/file-content.ts";
import { patienceOf } from "../../lib/patience.ts";

/** Of one turn; what is beyond counts as not seen. */
const most = { images: 4, files: 4 };
const mostBytes = {
  image: 20 * 1024 * 1024,
  file: 1024 * 1024,
  // What OpenAI takes: https://platform.openai.com/docs/guides/speech-to-text
  recording: 25 * 1024 * 1024,
};
/** All of a turn: a request to the model must not become larger than its server takes (50 MB). */
const mostBytesTogether = 32 * 1024 * 1024;
/** For all of a turn: the customer waits. */
const defaultTimeoutMs = 10_000;

/**
 * Where Intercom keeps what customers send, by region: `downloads.intercomcdn.com`,
 * `….intercom-attachments-1.com` and so on. Anything else in a message is an address that somebody
 * wrote, and asking for it would let them reach into our network or see that we read.
 */
const ownHosts = [
  /^downloads(?:\.(?:eu|au))?\.intercomcdn\.com$/,
  /^(?:[a-z0-9-]+\.)+intercom-attachments-[1-9]\.com$/,
  /^(?:[a-z0-9-]+\.)+intercom-attachments\.eu$/,
  /^(?:[a-z0-9-]+\.)+au\.intercom-attachments\.com$/,
  /^uploads\.intercomusercontent\.com$/,
];

/** Whether an address is one of Intercom's own for what customers send. */
export function isIntercomsOwn(url: URL): boolean {
  const isPlain = url.protocol === "https:" && url.port === "" && url.username === "";
  return isPlain && ownHosts.some((host) => host.test(url.hostname));
}

type Options = {
  clock: Clock;
  log: Log;
  /** Which addresses may be asked; `isIntercomsOwn` unless a test has its own server. */
  isAllowed?: (url: URL) => boolean;
  timeoutMs?: number;
};

/** Opens attachments at Intercom's addresses: no redirects, no token, bounded in bytes and time. */
export function createIntercomAttachments(options: Options): AttachmentOpener {
  const { log, timeoutMs = defaultTimeoutMs } = options;
  const fetchFile = createFetcher(options);

  return {
    async open(attachments, wanted, signal) {
      const chosen = new Set(toOpen(attachments, wanted.images));
      const patience = patienceOf(timeoutMs, signal);
      const contents = await Promise.all(
        attachments.map((one) => (chosen.has(one) ? openOne(one, patience.signal) : null)),
      ).finally(patience.end);
      return withinTogether(contents);
    },
  };

  async function openOne(attachment: Attachment, signal: AbortSignal): Promise<FileContent | null> {
    const { kind } = attachment;
    const limit = kind === "image" ? mostBytes.image : mostBytes.file;
    const file = await fetchFile(attachment, limit, signal);
    if (file === null) return null;
    const content = await contentOf(file, signal);
    // What calls itself an image is none of the files that are read as words, and the other way round.
    const isAsSaid = content?.kind === (kind === "image" ? "image" : "text");
    if (!isAsSaid) log.info({ kind, why: "cannot be read" }, "attachment not opened");
    return isAsSaid ? content : null;
  }
}

/** Fetches recordings in the same way, for whoever can put them into words. */
export function createIntercomRecordings(
  options: Options,
): (voiceNote: Attachment) => Promise<Buffer | null> {
  const fetchFile = createFetcher(options);
  return async (voiceNote) => {
    const patience = patienceOf(options.timeoutMs ?? defaultTimeoutMs);
    return fetchFile(voiceNote, mostBytes.recording, patience.signal).finally(patience.end);
  };
}

/** @returns a function that fetches one file, or says in the log why not and gives `null`; it never throws */
function createFetcher({ clock, log, isAllowed = isIntercomsOwn }: Options) {
  return async (
    { kind, url }: Attachment,
    limit: number,
    signal: AbortSignal,
  ): Promise<Buffer | null> => {
    const address = url !== null && URL.canParse(url) ? new URL(url) : null;
    const why = address === null ? "no address" : whyNotAsked(address);
    if (address === null || why !== null) {
      log.info({ kind, why }, "attachment not opened");
      return null;
    }
    try {
      return await download(address, limit, signal);
    } catch (error) {
      // The address is signed: whoever has it has the file. Only the host may be told.
      const result = isAxiosError(error) ? (error.response?.status ?? error.code) : null;
      const failure = { kind, host: address.hostname, why: result ?? "no answer" };
      log.warn(failure, "attachment not opened");
      return null;
    }
  };

  function whyNotAsked(address: URL): string | null {
    if (!isAllowed(address)) return "not one of Intercom's hosts";
    const expires = Number(address.searchParams.get("expires") ?? Number.NaN);
    return expires * 1000 <= clock() ? "expired" : null;
  }
}

/** The newest of each kind that can be shown. */
function toOpen(attachments: Attachment[], wantsImages: boolean): Attachment[] {
  const images = attachments.filter(({ kind }) => kind === "image");
  const files = attachments.filter(
    ({ kind, name, contentType }) => kind === "file" && mayHoldWords(name, contentType),
  );
  return [...(wantsImages ? images.slice(-most.images) : []), ...files.slice(-most.files)];
}

async function download(address: URL, limit: number, signal: AbortSignal): Promise<Buffer> {
  const { data } = await axios.get<Buffer>(address.href, {
    responseType: "arraybuffer",
    maxRedirects: 0,
    maxContentLength: limit,
    // What is packed would be larger than what the limit counts.
    decompress: false,
    headers: { Accept: "*/*", "Accept-Encoding": "identity" },
    validateStatus: (status) => status === 200,
    signal,
  });
  return data;
}

/** Leaves out the oldest images until the rest fits into one request. */
function withinTogether(contents: (FileContent | null)[]): (FileContent | null)[] {
  let left = mostBytesTogether;
  return contents
    .toReversed()
    .map((content) => {
      const bytes = content?.kind === "image" ? (content.base64.length * 3) / 4 : 0;
      if (bytes > left) return null;
      left -= bytes;
      return content;
    })
    .toReversed();
}
