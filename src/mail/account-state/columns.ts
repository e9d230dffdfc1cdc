/** Numbers as bytes and bits, and back: what the columns of a batch are made of (xep-private-state.md, "Encoding"). */

/** What is read is not what was written. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

/** Growing bytes. */
export class Writer {
  private readonly list: number[] = [];

  byte(value: number): void {
    this.list.push(value & 255);
  }

  bytes(values: Iterable<number>): void {
    for (const value of values) this.list.push(value);
  }

  /** A natural number up to 2^53: seven bits a byte, low ones first, the eighth says that more follow (LEB128). */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.list.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.list.push(rest);
  }

  done(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.list);
  }
}

/** Every method throws Damaged where the bytes end too soon. */
export class Reader {
  private readonly source: Uint8Array;
  private at = 0;

  constructor(source: Uint8Array) {
    this.source = source;
  }

  byte(): number {
    const value = this.source[this.at++];
    if (value === undefined) throw new Damaged();
    return value;
  }

  bytes(length: number): Uint8Array {
    if (length > this.source.length - this.at) throw new Damaged();
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }

  varint(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte % 128) * unit;
      if (!Number.isSafeInteger(value)) throw new Damaged();
      if (byte < 128) return value;
      unit *= 128;
    }
  }

  rest(): Uint8Array {
    return this.bytes(this.source.length - this.at);
  }

  get isAtEnd(): boolean {
    return this.at === this.source.length;
  }
}

/** Bits into bytes, the lowest of each first. */
export class BitWriter {
  private readonly out: Writer;
  private held = 0;
  private count = 0;

  constructor(out: Writer) {
    this.out = out;
  }

  /** The `length` lowest bits of a natural number up to 2^53. */
  write(value: number, length: number): void {
    let rest = value;
    for (let i = 0; i < length; i++) {
      this.held |= (rest % 2) << this.count++;
      rest = Math.floor(rest / 2);
      if (this.count === 8) this.flush();
    }
  }

  /** Fills the last byte with zeros. */
  flush(): void {
    if (this.count > 0) this.out.byte(this.held);
    this.held = 0;
    this.count = 0;
  }
}

/** Throws Damaged where the bytes end too soon. */
export class BitReader {
  private readonly source: Reader;
  private held = 0;
  private count = 0;

  constructor(source: Reader) {
    this.source = source;
  }

  read(length: number): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < length; i++) {
      if (this.count === 0) {
        this.held = this.source.byte();
        this.count = 8;
      }
      value += (this.held & 1) * unit;
      unit *= 2;
      this.held >>= 1;
      this.count--;
    }
    return value;
  }
}

/** How many bits a natural number needs: none for 0. */
export function bitLength(value: number): number {
  let length = 0;
  for (let rest = value; rest >= 1; rest = Math.floor(rest / 2)) length++;
  return length;
}

/** Whole numbers as natural ones: 0, -1, 1, -2 as 0, 1, 2, 3. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
