import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import "./answer-usage.ts";
import { webhookSecret } from "./webhook-bodies.ts";

/** The least that any intake on Node has to do: read, verify the same HMAC, parse the same JSON. */
createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const expected = `sha1=${createHmac("sha1", webhookSecret).update(body).digest("hex")}`;
    const given = Buffer.from(String(request.headers["x-hub-signature"]));
    const isSigned =
      given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
    const isNotification = isSigned && "topic" in JSON.parse(body.toString("utf8"));
    response.statusCode = isNotification ? 200 : 401;
    response.end();
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
