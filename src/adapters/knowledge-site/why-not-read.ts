import type { Refusal } from "../../lib/safe-fetch/safe-fetch.ts";

/** For whoever named the site. */
export const whyNotRead: Record<Refusal, string> = {
  "no-web-address": "it is no address that begins with https:// or http://",
  "host-not-named":
    "it lies on another host than the site; KNOWLEDGE_ALLOWED_HOSTS can name that host",
  "private-address":
    "its host lies in a private network; KNOWLEDGE_ALLOWED_HOSTS can name it with its port",
  "no-longer-encrypted": "it redirects from https to http",
  "too-many-redirects": "it redirects again and again (page_redirects)",
  "too-large": "it is larger than a page may be (page_megabytes)",
  "unknown-encoding": "it is packed in a way that is not known",
};
