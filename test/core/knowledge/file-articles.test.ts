import { expect, it } from "vitest";
import { fileId, fileIn, rowOf, tableOf } from "../../../src/core/knowledge/file-articles.ts";

it("names the file and the row that an article's id stands for, and nothing for other articles", () => {
  const id = fileId("handbook/a #1/prices.csv");
  expect(fileIn(id)).toBe("handbook/a #1/prices.csv");
  expect(fileIn(`${id}#2`)).toBe("handbook/a #1/prices.csv");
  expect(fileIn(rowOf(id, 3))).toBe("handbook/a #1/prices.csv, row 3");
  expect(fileIn(`${rowOf(id, 3)}#2`)).toBe("handbook/a #1/prices.csv, row 3");
  expect([tableOf(rowOf(id, 3)), tableOf(id)]).toEqual([id, id]);
  expect(fileIn("article-12")).toBeNull();
  expect(fileIn("site-docs/example.com/folder-a")).toBeNull();
});
