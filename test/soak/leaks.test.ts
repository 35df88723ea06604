import { expect, it } from "vitest";
import { leaksIn } from "./leaks.ts";

it("finds a line with a secret, and one with what a customer said", () => {
  const lines = [
    '{"msg":"webhook noted","conversationId":"1"}',
    '{"msg":"failed","error":"Question token-7; confidence=0.95"}',
    '{"msg":"calling","authorization":"Bearer soak-secret"}',
  ];
  expect(leaksIn(lines.join("\n"), ["soak-secret"])).toEqual(lines.slice(1));
});
