import { createServer } from "node:http";
import { Agent, request } from "undici";
import "./answer-usage.ts";

/**
 * The least that any service on Node has to do for a reply: the same calls in the same order, with
 * nothing checked, understood, limited or remembered. What it needs is the cost of the hops.
 */
const { env } = process;
const dispatcher = new Agent({ keepAliveTimeout: 60_000 });

const intercom = {
  url: env.INTERCOM_API_BASE_URL,
  headers: {
    authorization: `Bearer ${env.INTERCOM_ACCESS_TOKEN}`,
    accept: "application/json",
    "intercom-version": "2.16",
  },
};
const model = { url: env.OPENAI_BASE_URL, headers: { authorization: "Bearer none" } };
const mem0 = { url: env.MEM0_BASE_URL, headers: { authorization: `Token ${env.MEM0_API_KEY}` } };
/** About as long as the rules that the service sends. */
const rules = "Answer only from what you were given. ".repeat(100);

createServer((webhook, response) => {
  const chunks: Buffer[] = [];
  webhook.on("data", (chunk: Buffer) => chunks.push(chunk));
  webhook.on("end", () => {
    response.end();
    void answer(Buffer.concat(chunks).toString("utf8"));
  });
}).listen(Number(env.PORT), "127.0.0.1");

async function answer(notification: string): Promise<void> {
  const { item } = JSON.parse(notification).data;
  const text = /Question \d+/.exec(notification)?.[0] ?? "";
  const path = `/conversations/${item.id}`;
  await Promise.all([call(intercom, path), recall(text, "answers"), recall(text, "contact")]);
  const asked = `<unanswered>\n<message number="1">\n${text}\n</message>\n</unanswered>\n`;
  const messages = [
    { role: "system", content: rules },
    { role: "user", content: asked },
  ];
  await call(model, "/chat/completions", { model: "gpt-4o", messages });
  await call(intercom, path);
  await call(intercom, `${path}/reply`, {
    message_type: "comment",
    type: "admin",
    admin_id: env.INTERCOM_ADMIN_ID,
    body: "<p>You find it in the settings.</p>",
  });
}

function recall(query: string, userId: string): Promise<unknown> {
  const filters = { AND: [{ user_id: userId }] };
  return call(mem0, "/v3/memories/search/", { query, filters, top_k: 10 });
}

async function call(
  service: { url: string | undefined; headers: Record<string, string> },
  path: string,
  body?: object,
): Promise<unknown> {
  const { body: answered } = await request(`${service.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...service.headers, "content-type": "application/json" },
    dispatcher,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return JSON.parse(await answered.text());
}
