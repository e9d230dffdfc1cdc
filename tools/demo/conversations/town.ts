/** The town: the landlady, the choir, the library, and machines that write. */
import { about, DAY, from, HOUR, type ScriptConversation } from "../script.ts";

export const TOWN: ScriptConversation[] = [
  about(
    "Water off on Wednesday",
    from(
      "greta",
      "alice",
      1 * DAY + 933,
      "Dear all in the house,\n\non Wednesday from 8 until about 12 there will be no water: the pipe in the cellar is being changed. Please fill a kettle the evening before.\n\nGreta Holm",
    ),
  ),
  about(
    "Heating",
    from(
      "alice",
      "greta",
      27 * DAY + 611,
      "The radiator in the back room knocks at night, about four times a minute. It is not the neighbour; I asked.",
    ),
    from(
      "greta",
      "alice",
      26 * DAY + 905,
      "I will send Mr Aalto. Is Thursday morning all right? He comes early and he sings.",
    ),
    from("alice", "greta", 26 * DAY + 702, "Thursday is all right. He may sing."),
    from(
      "greta",
      "alice",
      22 * DAY + 505,
      "Mr Aalto says that it was air, and that you have a good echo.",
    ),
  ),
  about(
    "Lease: new copy",
    from(
      "greta",
      "alice",
      160 * DAY + 200,
      "Here is the lease with the new date. The cat clause is out; I met the cat.",
      {
        files: [
          {
            name: "Lease 2026.pdf",
            mediaType: "application/pdf",
            content: { pdf: "Lease, second floor left" },
          },
        ],
      },
    ),
    from("alice", "greta", 159 * DAY + 404, "Signed and in your letterbox. The cat thanks you."),
  ),
  about(
    "Winter concert",
    from(
      "choir",
      "alice ines",
      14 * DAY + 61,
      "Dear singers,\n\nthe winter concert is on Sunday, 20 December, at five, in the old customs house. Dress: dark, warm, no rustling.\n\nRehearsals:\n\n- Thursdays at 19:30 as usual\n- Saturday, 12 December, 10:00 to 15:00, with soup\n\nThe altos are reminded of page 7.",
    ),
  ),
  about(
    "Rehearsal moved to Friday",
    from(
      "choir",
      "alice ines",
      6 * HOUR + 3,
      "This week only: Friday at 19:30 instead of Thursday. The hall has a dance.",
    ),
  ),
  about(
    "Sheet music: please return",
    from(
      "choir",
      "alice ines",
      122 * DAY + 64,
      "Eleven copies of the summer programme are missing. They are green. So is our librarian.",
    ),
  ),
  about(
    "Your reservation is ready",
    from(
      "library",
      "alice",
      4 * HOUR + 11,
      "A book you asked for is ready at the desk:\n\n  The Shell Collector's Winter\n  kept until 30 November\n\nThis address is not read by people; the desk is, from ten to six.",
    ),
  ),
  about(
    "Reminder: two books",
    from(
      "library",
      "alice",
      45 * DAY + 12,
      "Two books are due on Friday:\n\n  Knots and How to Undo Them\n  A Short History of the Lead Line\n\nThey can be renewed at the desk or by a walk along the harbour.",
    ),
  ),
  about(
    "Reminder: one book",
    from(
      "library",
      "alice",
      101 * DAY + 12,
      "One book is overdue by three days:\n\n  Knots and How to Undo Them",
    ),
  ),
  about(
    "Cat, again",
    from(
      "greta",
      "alice",
      75 * DAY + 909,
      "Your cat is in my bed. I do not mind. I only wanted somebody to know.",
    ),
  ),
  about(
    "The Coast Almanac, week 47",
    from(
      "almanac",
      "alice bob",
      64,
      `
# The Coast Almanac

**Week 47** – dark, damp, and good for reading

## The sky

The moon is full on Tuesday. Jupiter stands in the east after supper and does not mind clouds, which is more than can be said of us.

## The water

Spring tides on Wednesday and Thursday: *5.1 m at noon*. Whoever left a dinghy under the pier will find it on the pier.

## The larder

Quinces are nearly over, leeks are at their best, and the first Seville oranges are promised for January. They are promised every year.

## Read this week

- How the old lightship got its second anchor: https://almanac.example/lightship?from=letter&week=47
- Eleven knots that are one knot: https://almanac.example/knots/eleven-knots-that-are-really-one-knot-if-you-look-at-them-from-the-other-side#the-bowline

---

You receive this because you asked for it. To stop, answer with the word *stop*; to start again, with the word *sorry*.`,
    ),
  ),
  about(
    "The Coast Almanac, week 46",
    from(
      "almanac",
      "alice bob",
      7 * DAY + 71,
      `
# The Coast Almanac

**Week 46** – wind, then more of it

## The sky

Leonids on Tuesday night, best after two in the morning, if you are the kind of person who is up then.

## The water

Neap tides all week. A good time to look at the underside of things.

## The larder

Mussels, celeriac, and the last of the pears. Do *not* store pears beside potatoes; they talk.

---

You receive this because you asked for it. To stop, answer with the word *stop*; to start again, with the word *sorry*.`,
    ),
  ),
  about(
    "The Coast Almanac, week 38",
    from(
      "almanac",
      "alice bob",
      63 * DAY + 68,
      `
# The Coast Almanac

**Week 38** – the equinox, and the mushrooms

## The sky

Day and night are of one length on Wednesday. Neither has asked for it.

## The larder

Chanterelles under the birches behind the quarry. We have not told you where.

---

You receive this because you asked for it. To stop, answer with the word *stop*; to start again, with the word *sorry*.`,
    ),
  ),
  about(
    "Your ticket for Saturday, 16:10",
    from(
      "rail",
      "alice",
      10 * HOUR + 9,
      `
Thank you for your booking.

| | |
|---|---|
| Date | Saturday |
| From | Harbour, platform 2 |
| To | Saint-Aubin (stops on request) |
| Departure | 16:10 |
| Seat | 31, window, facing the sea |

A small table counts as luggage if you can carry it.

Booking: https://rail.example/b/7QK2-MX?lang=en`,
      {
        files: [
          {
            name: "Ticket 7QK2-MX.pdf",
            mediaType: "application/pdf",
            content: { pdf: "Ticket 7QK2-MX - Saturday 16:10 - Seat 31" },
          },
        ],
      },
    ),
  ),
  about(
    "Delay compensation: your claim 55-1902",
    from(
      "rail",
      "alice",
      84 * DAY + 340,
      "We have looked at your claim. The train was 41 minutes late because of a swan. Swans are weather. We enclose a voucher for a coffee, without admitting anything.",
    ),
  ),
  about(
    "North wall gauge: reading above 4.8 m",
    from(
      "gauge",
      "nadia tom alice",
      2 * DAY + 601,
      "```\nstation   north wall, D\nreading   4.83 m\nlimit     4.80 m\nbattery   71 %\n```\n\nNext reading in 10 minutes. This message was written by the gauge.",
    ),
    from(
      "gauge",
      "nadia tom alice",
      2 * DAY + 540,
      "```\nstation   north wall, D\nreading   4.77 m\nlimit     4.80 m\nbattery   71 %\n```\n\nBack below the limit. This message was written by the gauge.",
    ),
    from(
      "tom",
      "nadia | alice",
      2 * DAY + 502,
      "That was the ferry, not the sea. It came in as if it were late, which it was.",
    ),
  ),
  about(
    "The piano, and the stairs",
    from(
      "alice",
      "greta",
      69 * DAY + 811,
      "Dear Greta,\n\nthe piano comes on the 14th, if you allow it. Three questions:\n\n1. May the men use the front stairs? The back stairs turn twice.\n2. Is there anybody on the second floor who sleeps during the day?\n3. Do you know how much the landing carries? It weighs 220 kg.\n\nAlice",
    ),
    from(
      "greta",
      "alice",
      68 * DAY + 1190,
      `Dear Alice,

> May the men use the front stairs?

Yes, with blankets on the banister. It is older than the house.

> Is there anybody on the second floor who sleeps during the day?

Only your cat.

> Do you know how much the landing carries?

In 1938 it carried a dentist's chair, a dentist, and the dentist's brother, who was large. It is in the accounts.

Greta`,
    ),
    from(
      "alice",
      "greta",
      68 * DAY + 604,
      "Then it will carry us. I shall mention the dentist's brother to the men.",
      { quote: true },
    ),
    from(
      "greta",
      "alice",
      54 * DAY + 515,
      "It is in, I heard. Twice, the second time in tune. A pleasure, until nine in the evening.",
      { quote: true },
    ),
  ),
  about(
    "House rules: the cellar",
    from(
      "greta",
      "alice",
      230 * DAY + 333,
      "Dear all in the house,\n\nwhoever owns the canoe in the cellar: it has been there since 2009 and it is now load-bearing. Please do not move it.\n\nGreta Holm",
    ),
  ),
  about(
    "Alto part, bars 40 to 64",
    from(
      "choir",
      "alice ines",
      11 * DAY + 1011,
      "Dear altos,\n\nbecause several of you asked: the rest in bar 52 is a **rest**. We breathe there, we do not turn pages, we do not look at the tenors.\n\nThe corrected page is attached as text, for those who print on the good paper.",
      {
        files: [
          {
            name: "alto-corrections.txt",
            mediaType: "text/plain",
            content: {
              text: 'Bar 40  B flat, not B\nBar 47  hold for three, not two\nBar 52  rest. Really.\nBar 58  the word is "stille", with two l\nBar 64  end together, if at all possible\n',
            },
          },
        ],
      },
    ),
    from(
      "ines",
      "choir alice",
      11 * DAY + 402,
      "Speaking for the altos: we were not looking at the tenors. The tenors were in the way.",
      { quote: true },
    ),
    from(
      "alice",
      "ines | choir",
      10 * DAY + 1322,
      "Speaking for the other alto: I was looking at the tenors. One of them had the map of the soup.",
      { quote: true },
    ),
  ),
];
