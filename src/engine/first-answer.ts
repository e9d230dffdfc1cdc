/** When the page has what it shows first: code and questions that it does not wait for come after that. */

/** The page draws what was answered. ms */
const DRAWN_MS = 100;
const DRAWN_NEW_MS = 500;
/** A page that asks for no list holds nothing up for longer, nor does one whose list stays empty. ms */
const UNASKED_MS = 1000;
const EMPTY_MS = 5000;

export interface FirstAnswer {
  readonly given: Promise<void>;
  /** A list was answered. */
  note(hasRows: boolean): void;
}

/** `isNew`: the database has nothing yet, and what is waited for is the first list with something in it. */
export function createFirstAnswer(isNew: boolean): FirstAnswer {
  let resolve = (): void => undefined;
  const given = new Promise<void>((done) => {
    resolve = done;
    setTimeout(done, isNew ? EMPTY_MS : UNASKED_MS);
  });
  return {
    given,
    note(hasRows) {
      if (hasRows || !isNew) setTimeout(resolve, isNew ? DRAWN_NEW_MS : DRAWN_MS);
    },
  };
}
