import type { Digest } from "../../core/insight/digest.ts";
import type { KnowledgeToDo } from "../../core/learning/keeping-true.ts";
import type { Log } from "../../core/ports.ts";
import { type SlackClients, upstreamError } from "./clients.ts";
import { digestPicture } from "./digest-picture.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import { lookUrl } from "./look-url.ts";
import { digestWords, knowledgeWords } from "./wording.ts";

/**
 * Posts the week's digest: its sentences with the picture; where Slack does not take the picture, the
 * sentences alone.
 *
 * @param options.pageUrl where more stands; `null`: nowhere that is known
 * @param options.toDo what of the knowledge is to be looked at; `null`: not known
 * @param options.memoryUrl where that is done; `null`: nowhere that is known
 * @returns whether the channel has it
 */
export async function postDigest(
  digest: Digest,
  options: {
    channelId: string;
    clients: SlackClients;
    pageUrl: string | null;
    toDo: KnowledgeToDo | null;
    memoryUrl: string | null;
    log: Log;
  },
): Promise<boolean> {
  const { channelId, clients, pageUrl, log } = options;
  const more = [
    ...(pageUrl === null ? [] : [digestWords.more(pageUrl)]),
    ...knowledgeLines(options),
  ];
  const text = (colours: string[]) =>
    [...digest.sentences, ...colours, ...more].map(escapeMrkdwn).join("\n");
  try {
    await clients.posting.filesUploadV2({
      channel_id: channelId,
      initial_comment: text([digestWords.colours]),
      file: digestPicture(digest.days),
      filename: "week.png",
      alt_text: digestWords.picture,
      title: digestWords.title,
    });
    return true;
  } catch (error) {
    log.warn(
      { error: upstreamError("files.uploadV2", error) },
      "the digest goes without its picture: the app may lack the scope files:write",
    );
  }
  try {
    const plain = { text: text([]), unfurl_links: false, unfurl_media: false };
    await clients.posting.chat.postMessage({ channel: channelId, ...plain });
    return true;
  } catch (error) {
    log.warn({ error: upstreamError("chat.postMessage", error) }, "no digest");
    return false;
  }
}

function knowledgeLines(about: { toDo: KnowledgeToDo | null; memoryUrl: string | null }): string[] {
  const words = about.toDo === null ? "" : knowledgeWords.toDo(about.toDo);
  if (about.toDo === null || words === "") return [];
  const url = lookUrl(about.memoryUrl, about.toDo);
  return [url === null ? words : `${words} ${knowledgeWords.lookAt(url)}`];
}
