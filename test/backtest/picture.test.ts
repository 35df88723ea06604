import { writeFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { curvePicture } from "../../src/backtest/picture.ts";
import { certifyThreshold } from "../../src/core/proving/certified-threshold.ts";

const promise = { errorLimit: 0.05, delta: 0.05 };
/** 100 sure drafts that were all right, and 100 less sure ones of which every fourth was wrong. */
const cases = Array.from({ length: 200 }, (_, index) => ({
  confidence: index < 100 ? 0.95 : 0.6 + (index % 10) / 100,
  isRight: index < 100 || index % 4 !== 0,
}));

/** The colours of a PNG without filters, by row and column. */
function dotsOf(file: Buffer): { width: number; height: number; at(x: number, y: number): string } {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const begin = file.indexOf("IDAT") + 4;
  const data = inflateSync(file.subarray(begin, begin + file.readUInt32BE(begin - 8)));
  const at = (x: number, y: number) => {
    const from = y * (1 + width * 3) + 1 + x * 3;
    return [...data.subarray(from, from + 3)].join(",");
  };
  return { width, height, at };
}

describe("the picture of a curve", () => {
  it("has the line where it is right, the promised threshold as a dot, and letters without a font", () => {
    const certification = certifyThreshold(cases, promise);
    expect(certification.certified?.threshold).toBe(0.95);
    const file = curvePicture(certification, 0.95);
    if (file === null) throw new Error("no picture");
    if (process.env.SAVE_PICTURE !== undefined) writeFileSync(process.env.SAVE_PICTURE, file);
    const { width, height, at } = dotsOf(file);
    expect([width, height]).toEqual([1120, 640]);
    const line = "31,95,191";
    // Half of the drafts go out at 0.95, all of them right: the dot stands in the upper middle.
    expect(at(110 + 970 / 2, 40 + 8)).toBe(line);
    // All go out at 0.60, 175 of 200 right: three quarters of the way up from 50 %.
    expect(at(1079, Math.round(40 + 510 * 0.25))).toBe(line);
    expect(at(600, 500)).toBe("255,255,255");
    const count = (colour: string) => {
      let found = 0;
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) if (at(x, y) === colour) found += 1;
      }
      return found;
    };
    expect(count("90,98,112")).toBeGreaterThan(1_000);
    expect(count("163,39,31")).toBeGreaterThan(500);
    expect(count("222,231,247")).toBeGreaterThan(5_000);
  });

  it("is none where nothing was rated", () => {
    expect(curvePicture(certifyThreshold([], promise), 0.95)).toBeNull();
  });
});
