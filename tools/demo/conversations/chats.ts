/** Chats in the same archive: short, by person, no subjects. */
import { about, DAY, from, type PersonName, type ScriptConversation } from "../script.ts";

/** Lines that go to and fro, `[writer, text]`, a few minutes apart from `ago` on. */
function chat(
  other: PersonName,
  ago: number,
  lines: readonly (readonly ["me" | "them", string])[],
): ScriptConversation {
  return about(
    undefined,
    ...lines.map(([who, text], index) =>
      from(who === "me" ? "alice" : other, who === "me" ? other : "alice", ago - index * 3, text, {
        chat: "plain",
      }),
    ),
  );
}

export const CHATS: ScriptConversation[] = [
  chat("tom", 30 * DAY + 700, [
    ["them", "are you at the harbour?"],
    ["me", "in ten minutes"],
    ["them", "bring the thermos"],
    ["me", "which one"],
    ["them", "the one that keeps warm"],
    ["me", "so not yours"],
    ["them", "so not mine"],
  ]),
  chat("sam", 8 * DAY + 333, [
    ["them", "did you see the moon"],
    ["me", "I see a lamp"],
    ["them", "behind the lamp"],
    ["me", "oh"],
    ["them", "yes"],
  ]),
  chat("ines", 50 * DAY + 222, [
    ["them", "left or right after the bridge?"],
    ["me", "left, then the gate"],
    ["them", "there are two gates"],
    ["me", "the one with the goat"],
    ["them", "the goat says hello"],
    ["me", "tell her I have no bread"],
  ]),
  chat("bob", 80 * DAY + 903, [
    ["them", "forgot my notebook at yours"],
    ["me", "it is on the piano"],
    ["them", "do not read page 12"],
    ["me", "I did not know there was a page 12"],
    ["them", "there is not"],
    ["me", "see you thursday"],
  ]),
  chat("mum", 19 * DAY + 80, [
    ["them", "is this how it works"],
    ["me", "this is how it works"],
    ["them", "good. I will write a letter"],
  ]),
];
