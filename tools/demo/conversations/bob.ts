/** Bob's mail, some of it shared with alice. */
import { about, DAY, from, HOUR, type ScriptConversation } from "../script.ts";

export const BOB: ScriptConversation[] = [
  about(
    "Shoulder",
    from("alice", "bob", 3 * DAY + 1080, "How is it? Mum has an ointment. It smells of horse."),
    from(
      "bob",
      "alice",
      3 * DAY + 871,
      "Better. I can lift a cup, not yet a canoe. Does it *have* to smell of horse?",
    ),
    from("alice", "bob", 3 * DAY + 699, "I am told that this is the part that works."),
  ),
  about(
    "Canoe for the spring",
    from(
      "bob",
      "alice sam",
      25 * DAY + 330,
      "There is a canoe in the paper, Canadian, green, two paddles, *some history*. Shall we share it? A third each is 140.",
    ),
    from("sam", "bob alice", 25 * DAY + 212, "yes"),
    from("alice", "bob sam", 24 * DAY + 1400, "Yes, if the history is not a hole."),
  ),
  about(
    "Notes from Tuesday",
    from(
      "bob",
      "alice nadia",
      37 * DAY + 415,
      "What I have:\n\n> wall first, slipway second\n> nobody stands under the crane\n\nWhat I do not have is who writes to the council.",
    ),
    from("nadia", "bob alice", 37 * DAY + 98, "I write to the council."),
  ),
  about(
    "The film",
    from(
      "bob",
      "alice",
      7 * HOUR + 29,
      "Thursday, eight, the small cinema. It is about a lighthouse and it is three hours long. I thought of you.",
    ),
  ),
  about(
    "Dentist",
    from("bob", "alice", 133 * DAY + 300, "You said yours does not talk. I would like his number."),
  ),
  about(
    "Invoice question",
    from(
      "bob",
      "orchard",
      44 * DAY + 610,
      "Dear all, number 2241 has twelve crates of pears on it. I do not eat pears. Could somebody look?",
    ),
    from(
      "orchard",
      "bob",
      43 * DAY + 300,
      "Dear customer, the pears were the harbour's. A corrected invoice follows.",
    ),
  ),
  about(
    "Paint for the dinghy",
    from(
      "tom",
      "bob",
      5 * DAY + 440,
      "The blue is out. There is a blue that is called green. I have bought it.",
    ),
    from("bob", "tom", 5 * DAY + 202, "I will look at it with my eyes half closed."),
  ),
  about(
    "Sheet music for two guitars",
    from("sam", "bob", 1 * DAY + 610, "found it. page 2 has coffee on it, that is the solo"),
  ),
  about(
    "Your jacket",
    from(
      "nadia",
      "bob",
      59 * DAY + 88,
      "It hangs in the office. It has been washed. It was necessary.",
    ),
  ),
  about(
    "Granite for the hearth",
    from(
      "violet",
      "bob",
      12 * DAY + 777,
      "Ridge or Old Quay? Alice is about to choose, and one block does for both of you if you choose the same.",
    ),
    from("bob", "violet", 12 * DAY + 330, "Whatever she takes."),
  ),
  about(
    "Loft, second key",
    from(
      "greta",
      "bob",
      29 * DAY + 420,
      "Mr Lindqvist, the second key to the loft is with Alice, and the first is with the swallows: it fell behind the gutter. Please use the second.",
    ),
    from("bob", "greta", 28 * DAY + 1207, "I shall use the second and leave the first in peace.", {
      quote: true,
    }),
  ),
  about(
    "Reminder: one book",
    from(
      "library",
      "bob",
      17 * DAY + 12,
      "One book is overdue by four years:\n\n  Simple Repairs in the Home, volume 2\n\nVolume 1 asks after it.",
    ),
  ),
  about(
    "Guitar, Saturday",
    from(
      "ines",
      "bob",
      10 * DAY + 700,
      "Could you play two songs on Saturday, while the soup gets warm? *Short* ones. The choir sits down for nothing else.",
    ),
    from("bob", "ines", 10 * DAY + 512, "Two short ones and, if it is a slow soup, a long one."),
    from("ines", "bob", 10 * DAY + 480, "It is a fast soup.", { quote: true }),
  ),
];
