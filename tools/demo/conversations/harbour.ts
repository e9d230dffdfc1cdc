/** The harbour: a survey, its people, the board. */
import { about, DAY, from, HOUR, type ScriptConversation } from "../script.ts";

export const HARBOUR: ScriptConversation[] = [
  about(
    "Harbour survey: who can come on Friday?",
    from(
      "nadia",
      "alice tom bob | violet",
      9 * DAY + 61,
      "The council wants the north wall measured again before the winter. I have the boat on two Fridays. Who is in?\n\nI need one person on the lead line, one on the notebook, and one who does not mind getting wet.",
    ),
    from(
      "tom",
      "nadia alice bob | violet",
      9 * DAY + 12,
      "I am in, and I do not mind getting wet.",
    ),
    from(
      "alice",
      "nadia tom bob | violet",
      8 * DAY + 1205,
      "Notebook, please. Last year I could not read my own figures, so this time I bring a pencil.",
    ),
    from(
      "bob",
      "nadia alice tom | violet",
      8 * DAY + 903,
      "Lead line for me, if my shoulder holds.",
    ),
    from(
      "nadia",
      "alice tom bob | violet",
      8 * DAY + 644,
      "Good. Three things to settle:\n\n1. which Friday\n2. whether we start at the slipway or at the wall\n3. who has the drawings of 1968\n\nI have looked and found only the ones of 1974.",
    ),
    from(
      "violet",
      "nadia | alice tom bob",
      7 * DAY + 1301,
      "The 1968 drawings are with us at the quarry office; my father had them framed. I can photograph them. They are large.",
      { answers: 4 },
    ),
    from(
      "tom",
      "violet nadia | alice bob",
      7 * DAY + 1222,
      "Framed! I have been looking for them for eleven years.",
    ),
    from(
      "violet",
      "tom nadia | alice bob",
      7 * DAY + 871,
      "They hang above the coffee machine. You have stood in front of them.",
    ),
    from(
      "nadia",
      "alice tom bob violet",
      6 * DAY + 1033,
      "Forecast for the first Friday: south-west 6, rising. I say we take the second.",
    ),
    from("alice", "nadia tom bob violet", 6 * DAY + 940, "Agreed. I can swap my Thursday for it."),
    from(
      "bob",
      "nadia | alice tom violet",
      5 * DAY + 1310,
      "Fine with me. The shoulder says thank you.",
      { quote: true, answers: 8 },
    ),
    from(
      "nadia",
      "alice tom bob violet",
      5 * DAY + 602,
      "Then the second Friday it is. Start at the slipway at seven, because of the tide:\n\n- low water 06:52\n- we have until about 11:00 before the wall is wet again\n- coffee is on the boat, rolls are not",
    ),
    from("tom", "nadia alice bob violet", 5 * DAY + 415, "Rolls are on me."),
    from(
      "violet",
      "nadia alice tom bob",
      4 * DAY + 1121,
      "Here is the sheet for the wall itself, as text, so that you can read the stations on the boat. The photograph of the drawing follows when the light is better.",
      {
        files: [
          {
            name: "stations 1968.csv",
            mediaType: "text/csv",
            content: {
              text: "station,metres,depth\nA,0,3.2\nB,12,3.4\nC,24,3.9\nD,36,4.4\nE,48,4.1\nF,60,3.7\n",
            },
          },
        ],
      },
    ),
    from(
      "alice",
      "violet | nadia tom bob",
      4 * DAY + 610,
      "This is perfect. I have copied the stations into the notebook, with room for a second reading.",
    ),
    from(
      "bob",
      "alice nadia | tom violet",
      3 * DAY + 1190,
      "Second reading only if the first one is doubtful, please. Seven o'clock is early enough.",
    ),
    from(
      "nadia",
      "bob alice tom | violet",
      3 * DAY + 744,
      "Second reading at D and E. That is where the wall moved.",
    ),
    from("tom", "nadia | alice bob violet", 2 * DAY + 655, "It moved?"),
    from(
      "nadia",
      "tom alice bob | violet",
      1 * DAY + 431,
      "Four centimetres since 1974, if Violet's stations are right. It is why the council suddenly has money.",
    ),
    from(
      "nadia",
      "alice | tom",
      2 * HOUR + 7,
      "The boat leaves at seven. If the wind stays under 20 knots we can finish both the north wall and the slipway before lunch, and nobody has to come back on Saturday.\n\nTom has the drawings; I will bring the lead line and coffee. Tell me by tonight if you need a lift from the station.",
      { quote: true },
    ),
  ),
  about(
    "Minutes of the October meeting",
    from(
      "board",
      "alice bob nadia tom",
      24 * DAY + 77,
      `
# Minutes, 27 October

Present: Achterberg, Lindqvist, Moreau, Rossi. Excused: the treasurer.

## 1. Mooring fees

Approved with one vote against. From January:

| length | summer | winter |
|---|---|---|
| up to 6 m | 310 | 120 |
| up to 9 m | 480 | 190 |
| over 9 m | 720 | 280 |

## 2. The crane

The crane has passed its inspection, *with a remark about the brake*. The brake is to be seen to before Easter; until then two people stand at it.

## 3. The webcam

The picture has been upside down since August. Mr Achterberg explained that it is the camera that is upside down. It will be turned with:

\`\`\`
ffmpeg -i rtsp://cam/1 -vf "transpose=2,transpose=2" out.m3u8
\`\`\`

## 4. Any other business

The Christmas lights go up on the last Saturday of November. Bring gloves.

Next meeting: 24 November, seven in the evening, upstairs.`,
    ),
    from(
      "tom",
      "board | alice bob nadia",
      23 * DAY + 1310,
      "Item 3: I did not say that it is the camera. I said that it is *also* the camera.",
      { quote: true },
    ),
  ),
  about(
    "Agenda for the 24th",
    from(
      "board",
      "alice bob nadia tom",
      1 * DAY + 185,
      "1. Survey of the north wall (Rossi)\n2. Christmas lights: who has the ladder?\n3. A letter from the neighbours about the halyards\n\nPlease send additions by noon.",
    ),
  ),
  about(
    "The ladder",
    from(
      "tom",
      "alice",
      17 * DAY + 330,
      "Do you still have the long ladder? The lights go up on Saturday week.",
    ),
    from(
      "alice",
      "tom",
      17 * DAY + 120,
      "It is behind the boathouse, under the green sheet. Mind the wasps' nest, it should be empty by now.",
    ),
    from("tom", "alice", 16 * DAY + 1300, "It was not empty. All is well. I have the ladder."),
  ),
  about(
    "Berth 14",
    from(
      "alice",
      "nadia",
      48 * DAY + 407,
      "Is berth 14 free next season? A colleague asks, eight metres, sails, quiet people.",
    ),
    from(
      "nadia",
      "alice",
      47 * DAY + 1010,
      "It is, but it faces the pub. If they are *quiet* people, offer them 9.",
    ),
    from("alice", "nadia", 47 * DAY + 640, "They took 9. Thank you."),
  ),
  about(
    "Keys to the tide gauge",
    from(
      "nadia",
      "alice bob",
      96 * DAY + 221,
      "The old lock is gone, the new key hangs in the office behind the calendar. Please sign for it; last time it was in Denmark for three weeks.",
    ),
  ),
  about(
    "Tide tables for next year",
    from(
      "tom",
      "alice bob nadia",
      130 * DAY + 11,
      "The tables are out: https://tides.harbour.example/tables/2027?station=north-wall&format=pdf&datum=chart&zone=local#january\n\nAnd the short version for the noticeboard: https://tides.harbour.example/short",
    ),
    from(
      "alice",
      "tom",
      129 * DAY + 900,
      "Printed and up. Somebody has already drawn a whale on February.",
    ),
  ),
  about(
    "Insurance",
    from(
      "alice",
      "nadia | tom",
      205 * DAY + 700,
      "The insurer asks for the value of the survey instruments. I would say 2,400, with the sounder. Objections?",
    ),
    from("nadia", "alice | tom", 204 * DAY + 333, "The sounder alone was 1,900. Say 3,100."),
  ),
  about(
    "Harbour festival: thank you",
    from(
      "board",
      "alice bob nadia tom violet",
      140 * DAY + 1017,
      "Four hundred people, eleven boats, one broken window. Thank you all. The window was mine. – T.A.",
    ),
  ),
  about(
    "Lost: one yellow jacket",
    from(
      "bob",
      "alice nadia tom",
      61 * DAY + 522,
      "Size L, paint on the left sleeve, my sandwiches in the right pocket. Last seen on the crane.",
    ),
    from("nadia", "bob | alice tom", 61 * DAY + 101, "Found. The sandwiches have been dealt with."),
  ),
  about(
    "Council letter, draft two",
    from(
      "nadia",
      "alice",
      16 * DAY + 640,
      "Would you read this with your cold eye before it goes?\n\n> The north wall is safe for the winter of 2026/27 if the two measures below are taken before Christmas. If they are not taken, we recommend that the wall be closed to moorings from station C to station F.\n\nToo strong? Too long? I have rewritten it until I can no longer see it.",
    ),
    from(
      "alice",
      "nadia",
      16 * DAY + 402,
      'Not too strong. One thing: say *who* closes it. A council reads "be closed" and looks at the ceiling.\n\nI would write: *we will close it to moorings*. It is our wall.',
      { quote: true },
    ),
    from("nadia", "alice", 16 * DAY + 371, "Ha. Yes. Sent, with your sentence in it.", {
      quote: true,
    }),
    from(
      "nadia",
      "alice | tom",
      13 * DAY + 211,
      "They answered within three days, which has not happened in my lifetime. They agree to both measures and ask, very politely, what a station is.",
    ),
  ),
  about(
    "Photographs for the report",
    from(
      "tom",
      "alice nadia",
      7 * DAY + 333,
      "From the boat at low water. The second crack is above the waterline only on the second picture; I have not moved it, the sea has.",
      {
        files: [
          { name: "north wall 1.png", mediaType: "image/png", content: { png: 204 } },
          { name: "north wall 2.png", mediaType: "image/png", content: { png: 188 } },
          {
            name: "north-wall-all-41-photographs-full-size.zip",
            mediaType: "application/zip",
            content: {
              url: "https://files.harbour.example/2026/survey/north-wall-all.zip",
              size: 236_000_000,
            },
          },
        ],
      },
    ),
    from("nadia", "tom alice", 7 * DAY + 120, "The sea is a good photographer. Thank you."),
  ),
  about(
    "Lost property, quarterly",
    from(
      "board",
      "alice bob nadia tom",
      176 * DAY + 402,
      "In the office, waiting for their owners:\n\n- one oar (left)\n- one oar (also left)\n- spectacles, very strong\n- a birthday cake, with candles, since yesterday\n\nThe last item will not be kept until the next quarter.",
    ),
    from("bob", "board | alice nadia tom", 176 * DAY + 388, "The cake is mine. I am on my way."),
  ),
];
