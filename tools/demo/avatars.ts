/** Draws the pictures of the demo's people: plain heads and shoulders, and a few of things people like better. */
import { hsl, mix, paintPng, type Rgb } from "./pictures.ts";

const AVATAR_PX = 96;
const SAMPLES = 3;

export type Hair = "short" | "parted" | "long" | "bun" | "curly" | "cap";
export type Portrait = {
  /** Hues of the background and of what they wear, 0 to 359. */
  back: number;
  coat: number;
  /** 0 is the palest, 1 the darkest. */
  skin: number;
  hair: Hair;
  hairColour: "black" | "brown" | "red" | "blond" | "grey" | "white";
  beard?: boolean;
  glasses?: boolean;
};
/** A portrait, or a thing: hills, a paper lantern, piano keys. */
export type AvatarPicture = Portrait | "ridge" | "lantern" | "keys";

const HAIR_COLOURS: Record<Portrait["hairColour"], Rgb> = {
  black: [38, 34, 40],
  brown: [92, 62, 42],
  red: [158, 78, 44],
  blond: [206, 168, 104],
  grey: [142, 140, 142],
  white: [226, 222, 214],
};

/** A PNG of 96 by 96. */
export function drawAvatar(picture: AvatarPicture): Buffer {
  if (picture === "ridge") return paintPng(AVATAR_PX, SAMPLES, ridge);
  if (picture === "lantern") return paintPng(AVATAR_PX, SAMPLES, lantern);
  if (picture === "keys") return paintPng(AVATAR_PX, SAMPLES, keys);
  return paintPng(AVATAR_PX, SAMPLES, (x, y) => portrait(picture, x, y));
}

/** Whether a point lies in an ellipse. */
function inside(x: number, y: number, cx: number, cy: number, rx: number, ry: number): boolean {
  return ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
}

/** From front to back: the first layer that covers the point has its colour. */
function portrait(person: Portrait, x: number, y: number): Rgb {
  const hair = HAIR_COLOURS[person.hairColour];
  const skin = mix([244, 212, 186], [104, 66, 46], person.skin);
  const coat = hsl(person.coat, 0.32, 0.45);
  const isFace = inside(x, y, 0.5, 0.45, 0.17, 0.21);
  if (person.glasses === true && onGlasses(x, y)) return [52, 50, 56];
  if (inFrontHair(person, x, y))
    return person.hair === "cap" ? hsl(person.coat, 0.4, 0.34) : mix(hair, [255, 255, 255], 0.06);
  if (isFace && person.beard === true && y > 0.5 - 0.9 * (x - 0.5) ** 2 && !onMouth(x, y))
    return hair;
  if (isFace) return mix(skin, [255, 255, 255], Math.max(0, 0.16 * (0.55 - y)));
  if (Math.abs(x - 0.5) < 0.07 && y > 0.55 && y < 0.78 - 3 * (x - 0.5) ** 2)
    return mix(skin, [60, 30, 20], 0.16);
  if (inside(x, y, 0.5, 1.1, 0.4, 0.36)) return coat;
  if (inBackHair(person.hair, x, y)) return mix(hair, [0, 0, 0], 0.12);
  return mix(hsl(person.back, 0.34, 0.84), [255, 255, 255], 0.3 * (1 - y));
}

function onMouth(x: number, y: number): boolean {
  return inside(x, y, 0.5, 0.555, 0.055, 0.018);
}

function onGlasses(x: number, y: number): boolean {
  const bridge = Math.abs(x - 0.5) < 0.02 && Math.abs(y - 0.435) < 0.008;
  const ring = (cx: number): boolean =>
    inside(x, y, cx, 0.44, 0.062, 0.055) && !inside(x, y, cx, 0.44, 0.048, 0.041);
  return bridge || ring(0.425) || ring(0.575);
}

function inFrontHair({ hair }: Portrait, x: number, y: number): boolean {
  const isCrown = inside(x, y, 0.5, 0.4, 0.19, 0.2);
  if (hair === "cap")
    return (isCrown && y < 0.34) || (Math.abs(y - 0.345) < 0.022 && x > 0.3 && x < 0.78);
  if (hair === "parted") return isCrown && y < 0.25 + 0.35 * Math.abs(x - 0.4);
  if (hair === "curly") return curls(x, y) && !inside(x, y, 0.5, 0.47, 0.155, 0.17);
  if (hair === "short") return isCrown && y < 0.3 + 0.7 * (x - 0.5) ** 2 + 0.05 * (x - 0.5);
  return isCrown && y < 0.28 + 1.4 * (x - 0.46) ** 2;
}

function inBackHair(hair: Hair, x: number, y: number): boolean {
  if (hair === "long")
    return (
      inside(x, y, 0.5, 0.42, 0.225, 0.24) || (Math.abs(x - 0.5) < 0.225 && y > 0.42 && y < 0.8)
    );
  if (hair === "parted")
    return (
      inside(x, y, 0.5, 0.42, 0.215, 0.22) || (Math.abs(x - 0.5) < 0.213 && y > 0.42 && y < 0.62)
    );
  if (hair === "bun")
    return inside(x, y, 0.5, 0.17, 0.085, 0.08) || inside(x, y, 0.5, 0.41, 0.2, 0.21);
  return false;
}

/** Eleven circles in a wreath around the head. */
function curls(x: number, y: number): boolean {
  for (let i = 0; i < 11; i++) {
    const angle = Math.PI * (0.86 + (i / 10) * 1.28);
    if (inside(x, y, 0.5 + 0.175 * Math.cos(angle), 0.43 + 0.19 * Math.sin(angle), 0.075, 0.075))
      return true;
  }
  return inside(x, y, 0.5, 0.33, 0.16, 0.12);
}

function ridge(x: number, y: number): Rgb {
  if (inside(x, y, 0.68, 0.3, 0.1, 0.1)) return [250, 232, 190];
  const peaks = [
    0.5 + 0.16 * Math.abs(((x * 1.7 + 0.2) % 1) - 0.5) * 2,
    0.66 + 0.08 * Math.sin(x * 7 + 1),
    0.82 + 0.05 * Math.sin(x * 9 + 4),
  ];
  const layer = peaks.findLastIndex((line) => y > line);
  if (layer >= 0) return hsl(205 - layer * 14, 0.3, 0.5 - layer * 0.14);
  return mix([146, 178, 214], [252, 222, 196], y / 0.6);
}

function lantern(x: number, y: number): Rgb {
  if (Math.abs(x - 0.5) < 0.012 && y < 0.2) return [90, 70, 60];
  if (Math.abs(x - 0.5) < 0.1 && (Math.abs(y - 0.2) < 0.025 || Math.abs(y - 0.78) < 0.025))
    return [74, 52, 48];
  if (inside(x, y, 0.5, 0.49, 0.28, 0.29)) {
    const rib = Math.abs(((y - 0.2) * 11) % 1) < 0.13;
    const glow = mix([255, 224, 150], [222, 104, 66], Math.hypot(x - 0.5, y - 0.52) / 0.3);
    return rib ? mix(glow, [120, 40, 30], 0.3) : glow;
  }
  return mix([46, 52, 84], [24, 28, 50], y);
}

function keys(x: number, y: number): Rgb {
  const white = (x * 5) % 1;
  const between = Math.abs(white - 0.5) > 0.3;
  const index = Math.round(x * 5);
  if (y < 0.62 && between && index % 5 !== 0 && index !== 3) return [36, 34, 38];
  return white < 0.03 ? [190, 184, 172] : mix([252, 249, 240], [228, 222, 208], y);
}
