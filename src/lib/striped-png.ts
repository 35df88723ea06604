import { crc32, deflateSync } from "node:zlib";

/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [number, number, number];

/** A PNG of upright stripes, each 64 by 64 dots, in these colours from left to right. */
export function stripedPng(colours: readonly Colour[]): Buffer {
  const side = 64;
  const row = colours.flatMap((colour) => Array.from({ length: side }, () => colour).flat());
  // Each row begins with its filter: none.
  const rows = Buffer.concat(Array.from({ length: side }, () => Buffer.from([0, ...row])));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side * colours.length, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits a colour, three colours a dot: https://www.w3.org/TR/png-3/#11IHDR
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}
