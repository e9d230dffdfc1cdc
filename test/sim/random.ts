/** Chance from a seed: the same seed, the same sequence, on every machine (sfc32). */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  uuid(): string;
  fill(bytes: Uint8Array): void;
}

export function randomFrom(seed: string): Random {
  let [a, b, c, d] = [hash(`a${seed}`), hash(`b${seed}`), hash(`c${seed}`), 1];
  function word(): number {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  }
  for (let i = 0; i < 12; i++) word();
  const random: Random = {
    next: () => word() / 2 ** 32,
    int: (low, high) => low + Math.floor(random.next() * (high - low + 1)),
    chance: (probability) => random.next() < probability,
    pick(list) {
      if (list.length === 0) throw new Error("nothing to pick from");
      return list[random.int(0, list.length - 1)] as (typeof list)[number];
    },
    uuid() {
      const hex = Array.from({ length: 4 }, () => word().toString(16).padStart(8, "0")).join("");
      const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
      return [...parts, `a${hex.slice(17, 20)}`, hex.slice(20)].join("-");
    },
    fill(bytes) {
      for (let i = 0; i < bytes.length; i++) bytes[i] = word() & 255;
    },
  };
  return random;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}
