/** What can be wrong with the browser's storage, in the words the page knows. */
export type StorageProblem =
  /** No room left for this site. */
  | "full"
  /** The database was made by a newer version of this app. */
  | "newer"
  /** The browser gives this page no database at all. */
  | "unavailable"
  /** The connection to the database is gone: deleted, cleared or ended by the browser. */
  | "closed"
  | "failed";

/** The browser would not keep or read what it was given; nothing may be called saved after it. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly problem: StorageProblem;
  constructor(problem: StorageProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** Names of DOMException (Indexed Database API 3.0, section 3.10) as problems. */
const PROBLEMS: Record<string, StorageProblem> = {
  QuotaExceededError: "full",
  VersionError: "newer",
  InvalidStateError: "closed",
};

/** What a request or a transaction failed with. Bugs of ours stay what they are. */
export function asStorageError(error: unknown, what: string): unknown {
  if (!(error instanceof DOMException)) return error;
  const problem = PROBLEMS[error.name] ?? "failed";
  return new StorageError(problem, `${what}: ${error.name}`, { cause: error });
}
