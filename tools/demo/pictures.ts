/** Makes what the demo attaches: photos as PNG, a page as PDF. */
import { crc32, deflateSync } from "node:zlib";

export type Rgb = [number, number, number];

/**
 * A square PNG whose colour at (x, y), both 0 to 1, `paint` says. Every pixel is the mean of `samples` points each way,
 * which makes soft edges of hard ones.
 */
export function paintPng(
  size: number,
  samples: number,
  paint: (x: number, y: number) => Rgb,
): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 3));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++)
      rows.set(pixel(size, samples, row, column, paint), row * (1 + size * 3) + 1 + column * 3);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function pixel(
  size: number,
  samples: number,
  row: number,
  column: number,
  paint: (x: number, y: number) => Rgb,
): Rgb {
  const sum: Rgb = [0, 0, 0];
  for (let i = 0; i < samples * samples; i++) {
    const dx = ((i % samples) + 0.5) / samples;
    const dy = (Math.floor(i / samples) + 0.5) / samples;
    const colour = paint((column + dx) / size, (row + dy) / size);
    for (const part of [0, 1, 2] as const) sum[part] += colour[part] / samples ** 2;
  }
  return sum.map((part) => Math.max(0, Math.min(255, Math.round(part)))) as Rgb;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body) >>> 0, body.length + 4);
  return frame;
}

export function hsl(hue: number, saturation: number, light: number): Rgb {
  const part = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return (
      255 *
      (light - saturation * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return [part(0), part(8), part(4)];
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const t = Math.max(0, Math.min(1, share));
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Hills under a wide sky. 320 px. */
export function landscape(hue: number): Buffer {
  return paintPng(320, 1, (x, y) => {
    let colour = mix(hsl(hue, 0.5, 0.62), hsl((hue + 330) % 360, 0.6, 0.88), y / 0.62);
    for (let ridge = 0; ridge < 4; ridge++) {
      const line =
        0.5 +
        ridge * 0.11 +
        0.05 * Math.sin(x * (5 + ridge * 2.3) + ridge * 2) +
        0.018 * Math.sin(x * 23 + ridge);
      if (y > line) colour = mix(hsl((hue + 250) % 360, 0.25, 0.5), hsl(150, 0.3, 0.16), ridge / 3);
    }
    return colour;
  });
}

/** One A4 page that says its title. */
export function pdf(title: string): Buffer {
  const text = title.replaceAll(/[()\\]/g, "\\$&").replaceAll(/[^\x20-\x7e]/g, "-");
  const content = `BT /F1 24 Tf 72 740 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}
