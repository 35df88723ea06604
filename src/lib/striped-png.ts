import { type Colour, png } from "./png.ts";

const side = 64;
const white: Colour = [255, 255, 255];

/** A PNG of upright stripes, each 64 by 64 dots, in these colours from left to right. */
export function stripedPng(colours: readonly Colour[]): Buffer {
  return png(side * colours.length, side, (x) => colours[Math.floor(x / side)] ?? white);
}
