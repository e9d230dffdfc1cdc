/**
 * The bytes of an answer, or undefined where there are more than `limit` of them; the rest is not fetched then.
 * `onLength`: how many are here so far. Rejects as the network does.
 */
export async function readLimited(
  response: Response,
  limit: number,
  onLength?: (length: number) => void,
): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    parts.push(part.value);
    length += part.value.byteLength;
    if (length > limit) {
      await reader?.cancel();
      return undefined;
    }
    onLength?.(length);
  }
  return parts;
}
