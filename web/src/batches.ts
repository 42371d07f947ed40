/**
 * Which examples a step of the optimizer sees, twin of `bpslides.autodiff.batches`, where the order is told.
 *
 * `new Batching(tape).tape(1)` is the tape of step number 1, with the rows of its examples in its leaves.
 */
import { type BatchesData, Tape } from "./tape";
import { type Value, at, dataOf, pack, shapeOf, sizeOf } from "./tensor";

export class Batching {
  /** How many steps the optimizer takes in one update: online an update is an epoch. */
  readonly stepsPerUpdate: number;
  private readonly data: BatchesData;
  private readonly tapes: ReadonlyMap<number, Tape>;
  /** The epoch whose order was asked for last, with that order. */
  private order: readonly [number, readonly number[]] = [-1, []];

  /** `whole` is the tape of all examples; its trace has to have batches. */
  constructor(private readonly whole: Tape) {
    const { trace } = whole;
    this.data = trace.batches as BatchesData;
    this.stepsPerUpdate = this.data.mode === "online" ? this.data.examples : 1;
    this.tapes = new Map(
      Object.entries(this.data.tapes).map(([length, part]) => [Number(length), new Tape({ ...trace, ...part })]),
    );
  }

  /** The tape of step `number`, from 1. Its leaves are set as those of the tape of all examples are now. */
  tape(number: number): Tape {
    const rows = this.rows(number);
    const tape = this.tapes.get(rows.length) as Tape;
    for (const node of tape.leaves) tape.set(node, this.whole.value(node));
    for (const name of this.data.leaves) {
      const node = tape.leaf(name);
      tape.set(node, take(this.whole.value(node), rows));
    }
    return tape;
  }

  /** The examples of step `number`, from 1. */
  rows(number: number): readonly number[] {
    const { mode, examples, size, seed } = this.data;
    const perEpoch = Math.ceil(examples / size);
    const epoch = Math.floor((number - 1) / perEpoch);
    const begin = ((number - 1) % perEpoch) * size;
    if (mode === "online") return [begin];
    if (this.order[0] !== epoch) this.order = [epoch, shuffled(examples, seed, epoch)];
    return this.order[1].slice(begin, begin + size);
  }
}

/** The numbers from 0 to count − 1 in the order of an epoch, from 0. */
export function shuffled(count: number, seed: number, epoch: number): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  const start = mix((mix((seed >>> 0) ^ mix(Math.floor(seed / 2 ** 32))) + epoch) >>> 0);
  for (let k = count - 1; k > 0; k--) {
    const j = Math.floor((mix((start + k) >>> 0) * (k + 1)) / 2 ** 32);
    [order[k], order[j]] = [at(order, j), at(order, k)];
  }
  return order;
}

/** Spread 32 bits over 32 bits, one to one. */
function mix(bits: number): number {
  let x = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** These rows of an array. */
function take(value: Value, rows: readonly number[]): Value {
  const [, ...row] = shapeOf(value);
  const [size, data] = [sizeOf(row), dataOf(value)];
  const taken = new Float64Array(rows.length * size);
  rows.forEach((from, to) => taken.set(data.subarray(from * size, (from + 1) * size), to * size));
  return pack([rows.length, ...row], taken);
}
