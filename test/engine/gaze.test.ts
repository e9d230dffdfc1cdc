import { expect, test } from "vitest";
import { createGaze, tellGaze } from "../../src/engine/gaze.ts";
import type { Session } from "../../src/xmpp/session.ts";

/** What a stream is told of who looks. */
function listening(resumed: boolean): { session: Session; told: boolean[] } {
  const told: boolean[] = [];
  const session = { resumed, setActive: (isOn: boolean) => void told.push(isOn) };
  return { session: session as unknown as Session, told };
}

test.each([
  ["a new stream, looked at", false, true, []],
  ["a new stream, not looked at", false, false, [false]],
  // The page before this one may have said, as it went, that nobody looks.
  ["a resumed stream, looked at", true, true, [true]],
  ["a resumed stream, not looked at", true, false, [false]],
])("%s", (_which, resumed, isOn, expected) => {
  const { session, told } = listening(resumed);
  const gaze = createGaze(isOn);
  const stop = tellGaze(session, gaze);
  expect(told).toEqual(expected);
  gaze.turn(!isOn);
  expect(told).toEqual([...expected, !isOn]);
  stop();
  gaze.turn(isOn);
  expect(told).toHaveLength(expected.length + 1);
});
