import { seededRandom } from "../../lib/seeded-random.ts";

/**
 * What is kept in memory of a vector: on which side of 1,024 random planes it lies, a bit each. The
 * share of bits in which two vectors differ says what angle lies between them (Charikar 2002), so
 * that the nearest of a hundred thousand are found by counting bits in a few milliseconds, whatever
 * the model's dimension. Of 20,000 the nearest ten are among the likeliest 200 in 99 of 100 cases
 * (`test/adapters/sqlite/signs.test.ts`); those are then compared exactly.
 *
 * The planes are not drawn one by one: random changes of sign and a Walsh-Hadamard transform, twice,
 * turn all dimensions into one another in n log n steps (Ailon and Chazelle 2009).
 */
const bits = 1024;
const words = bits / 32;
/** How many rows are compared before whatever else waits goes first: about a millisecond. */
const comparedAtOnce = 16_384;
/**
 * Half of the bits (a cache line) tell which rows are worth a look at the other half: so many times
 * as many as are asked for.
 */
const comparedWhole = 8;
/** Rows of one block of memory; more is only taken when it is full. */
const blockRows = 4_096;

/**
 * The signs of a vector. They are kept in the file: what changes them must rename the table.
 *
 * @returns 128 bytes
 */
export function signsOf(vector: Float32Array): Uint8Array {
  const size = powerOfTwo(vector.length);
  const signs = new Uint8Array(bits / 8);
  let bit = 0;
  for (let round = 0; bit < bits; round++) {
    const turned = new Float32Array(size);
    turned.set(vector);
    for (const flips of flipsOf(size, round)) {
      for (let index = 0; index < size; index++) {
        turned[index] = (turned[index] ?? 0) * (flips[index] ?? 1);
      }
      transform(turned);
    }
    for (let index = 0; index < size && bit < bits; index++, bit++) {
      if ((turned[index] ?? 0) > 0) signs[bit >> 3] = (signs[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }
  return signs;
}

/** The signs of many rows, in memory. */
export type SignIndex = {
  put(row: number, signs: Uint8Array): void;
  remove(row: number): void;
  /** The rows that differ least, the nearest first; lets others go first every millisecond. */
  nearest(signs: Uint8Array, limit: number): Promise<number[]>;
  size(): number;
};

/** @param mostRows beyond them a new row takes the place of the oldest. */
export function createSignIndex(mostRows: number): SignIndex {
  const blocks: Uint32Array[] = [];
  const rows: number[] = [];
  const slotOf = new Map<number, number>();
  const free: number[] = [];
  let oldest = 0;

  const takeSlot = (): number => {
    const slot = free.pop() ?? (rows.length < mostRows ? rows.length : null);
    if (slot !== null) return slot;
    const taken = oldest;
    oldest = (oldest + 1) % mostRows;
    slotOf.delete(rows[taken] ?? nobody);
    return taken;
  };

  return {
    put(row, signs) {
      const slot = slotOf.get(row) ?? takeSlot();
      const number = Math.floor(slot / blockRows);
      let block = blocks[number];
      if (block === undefined) {
        block = new Uint32Array(blockRows * words);
        blocks[number] = block;
      }
      block.set(wordsOf(signs), (slot % blockRows) * words);
      rows[slot] = row;
      slotOf.set(row, slot);
    },
    remove(row) {
      const slot = slotOf.get(row);
      if (slot === undefined) return;
      slotOf.delete(row);
      rows[slot] = nobody;
      free.push(slot);
    },
    async nearest(signs, limit) {
      const count = rows.length;
      const asked = wordsOf(signs);
      const differing = new Uint16Array(count);
      const rowsAt = new Uint32Array(bits + 1);
      for (let from = 0; from < count; from += blockRows) {
        const block = blocks[from / blockRows];
        const rowsHere = Math.min(blockRows, count - from);
        if (block !== undefined) {
          compare(block, asked, differing.subarray(from, from + rowsHere), rowsAt);
        }
        if ((from + blockRows) % comparedAtOnce === 0) await nextTick();
      }
      let most = 0;
      const wanted = limit * comparedWhole;
      for (let found = rowsAt[0] ?? 0; found < wanted && most < bits; found += rowsAt[most] ?? 0) {
        most += 1;
      }
      const near: { row: number; differs: number }[] = [];
      for (let slot = 0; slot < count; slot++) {
        const differs = differing[slot] ?? bits;
        if (differs > most) continue;
        const row = rows[slot] ?? nobody;
        if (row === nobody) continue;
        const block = blocks[Math.floor(slot / blockRows)];
        const rest = block === undefined ? 0 : bitsInRest(block, slot % blockRows, asked);
        near.push({ row, differs: differs + rest });
      }
      near.sort((one, other) => one.differs - other.differs);
      return near.slice(0, limit).map(({ row }) => row);
    },
    size: () => slotOf.size,
  };
}

/** No row of a table has that number. */
const nobody = -1;

/**
 * In how many of the first half of its bits each of the rows of a block differs, and in `rowsAt` how
 * many rows differ in so many.
 */
function compare(
  block: Uint32Array,
  asked: Uint32Array,
  differing: Uint16Array,
  rowsAt: Uint32Array,
): void {
  for (let row = 0; row < differing.length; row++) {
    // Four counts of eight bits, none above 128.
    let counts = 0;
    for (let word = 0, at = row * words; word < words / 2; word += 2, at += 2) {
      const two =
        bitsInFours((block[at] ?? 0) ^ (asked[word] ?? 0)) +
        bitsInFours((block[at + 1] ?? 0) ^ (asked[word + 1] ?? 0));
      counts += (two & 0x0f0f0f0f) + ((two >>> 4) & 0x0f0f0f0f);
    }
    const halves = (counts & 0x00ff00ff) + ((counts >>> 8) & 0x00ff00ff);
    const count = (halves & 0xffff) + (halves >>> 16);
    differing[row] = count;
    rowsAt[count] = (rowsAt[count] ?? 0) + 1;
  }
}

/** In how many of the other half one of them differs. */
function bitsInRest(block: Uint32Array, row: number, asked: Uint32Array): number {
  let count = 0;
  for (let word = words / 2; word < words; word++) {
    count += bitsIn((block[row * words + word] ?? 0) ^ (asked[word] ?? 0));
  }
  return count;
}

function bitsIn(word: number): number {
  const fours = bitsInFours(word);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * How many bits are set in each four of a word, side by side: of two words they can be added before
 * they are counted together (Warren, Hacker's Delight 5-1).
 */
function bitsInFours(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  return (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
}

function wordsOf(signs: Uint8Array): Uint32Array {
  // A copy, because a blob may begin at an address that is no multiple of four.
  return new Uint32Array(signs.slice().buffer);
}

/** Walsh-Hadamard, in place; the length is a power of two. */
function transform(values: Float32Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let index = start; index < start + half; index++) {
        const [one, other] = [values[index] ?? 0, values[index + half] ?? 0];
        values[index] = one + other;
        values[index + half] = one - other;
      }
    }
  }
}

const flipsKept = new Map<string, Float32Array[]>();

/** The changes of sign of one round, the same in every process. */
function flipsOf(size: number, round: number): Float32Array[] {
  const key = `${size} ${round}`;
  let flips = flipsKept.get(key);
  if (flips === undefined) {
    const random = seededRandom(size * 64 + round);
    flips = [0, 1].map(() => Float32Array.from({ length: size }, () => (random() < 0.5 ? -1 : 1)));
    flipsKept.set(key, flips);
  }
  return flips;
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, atLeast)));
}

/** Lets waiting requests go first. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
