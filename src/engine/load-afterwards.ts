/** Loads what the first page of mail does not need, when it is needed. */

/** A part of the app could not be loaded. It says nothing about what it was wanted for: that must come again. */
export class PartMissing extends Error {
  override readonly name = "PartMissing";
}

/** Rejects with PartMissing. */
export async function loadAfterwards(): Promise<typeof import("./afterwards.ts")> {
  return import("./afterwards.ts").catch((error: unknown) => {
    throw new PartMissing(error instanceof Error ? error.message : String(error));
  });
}
