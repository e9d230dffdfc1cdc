/** Home: family and friends. */
import { about, DAY, from, HOUR, type ScriptConversation } from "../script.ts";

const letter = `
Dear Alice,

you asked how the house is, and a line will not do, so sit down with something warm.

The roof is finished. Mr Bertin's nephew did the north side alone while Mr Bertin sat in my kitchen and told me about the roof of the church, which he did in 1981 and which, he says, will outlive us all. He has a way of saying this that is not cheerful. They found, under the third row, a newspaper of 1926, folded very small, and in it somebody's tobacco. I have kept the newspaper. It has an advertisement for a machine that washes by itself, "without attendance", and your grandmother would have had something to say about that.

The garden has had its own ideas. The quince has carried for the first time since your father planted it – eleven fruit, each as large as a fist, each with a wasp. I made jelly of nine and gave two to the neighbours, who did not know what they were and put them in a bowl to look at. That is also a use. The walnut I have had cut back. You will not like it when you see it, but the man says that it will thank us in three years, and I told him that I intend to be there to hear it.

Now the well. You remember that the pump made a noise like a goat. It no longer makes a noise. It also no longer makes water. I have had three people look at it. The first said that it was the pump. The second said that it was the well. The third, who is nineteen and the daughter of the second, took off the lid, looked in, and said that it was the frog. There was a frog. It has been moved to the ditch, with ceremony, and the water runs. She would take no money, so I gave her a jar of the jelly, and now the whole family comes by on Sundays.

I have begun to sort your father's letters. I thought that it would be sad and it is not; it is mostly prices. He wrote down what everything cost, everywhere, all his life. In Lisbon in 1964 a coffee and a bun. In Hamburg a pair of shoes, "dear, but they will last", and they did, I gave them away only after the funeral. There is one letter without a single price in it, and that one I have put aside for you. You will know why when you read it. I do not want to send it by post.

Your aunt sends her love and a complaint, the complaint being that you do not answer. I have told her that you are building lanterns, and she asked whether there is money in that, and I said that there is light in it, and she said that that was the kind of thing your father would have said. So you see.

Come at the end of the month if you can. The train that stops here has been moved to ten past four; the other one still goes through without stopping, as if we had done something to it. Bring the small table, the one with the burn. I want it for the hall, where nobody will look at it closely. And bring Bob, if he is still mending his shoulder; I have an ointment which smells of horse and works.

It is nearly dark and the cat wants in, or out.

With love, and the jelly follows,

Maman`;

export const HOME: ScriptConversation[] = [
  about(
    "Sunday",
    from("mum", "alice", 2 * DAY + 410, "Lunch at one? Bring the small table if you can."),
    from("alice", "mum", 2 * DAY + 166, "One o'clock, with the table. What else?"),
    from(
      "mum",
      "alice",
      3 * HOUR + 44,
      "Only yourself. And eggs. And if you pass the library, my book is ready.",
    ),
  ),
  about("The house", from("mum", "alice", 15 * DAY + 909, letter)),
  about(
    "Jelly",
    from("mum", "alice", 11 * DAY + 96, "It has arrived, I hope? Nine jars went, two are for Bob."),
    from(
      "alice",
      "mum",
      10 * DAY + 1190,
      "Eight arrived whole. The ninth arrived. Thank you! It tastes of the garden.",
    ),
  ),
  about(
    undefined,
    from("sam", "alice", 26 * DAY + 130, "photo from the ridge", {
      files: [{ name: "ridge, morning.png", mediaType: "image/png", content: { png: 210 } }],
    }),
  ),
  about(
    undefined,
    from("sam", "alice ines", 88 * DAY + 707, "same ridge, other weather", {
      files: [{ name: "fog.png", mediaType: "image/png", content: { png: 195 } }],
    }),
    from("ines", "sam alice", 88 * DAY + 201, "I cannot see anything.", {}),
    from("sam", "ines alice", 87 * DAY + 1000, "exactly"),
  ),
  about(
    "שיעור פסנתר ביום שלישי",
    from(
      "liat",
      "alice",
      2 * DAY + 77,
      "שלום אליס,\n\nאפשר להזיז את השיעור ליום שלישי בשעה חמש? ביום שני יש לי קונצרט של התלמידים.\n\nותתאמני בבקשה על הדף השני, יד שמאל לבד, לאט.\n\nליאת",
      { lang: "he" },
    ),
  ),
  about(
    "תווים",
    from(
      "liat",
      "alice",
      43 * DAY + 318,
      "שלחתי את התווים של שומאן. הקטע הקשה הוא לא זה שנראה קשה.",
      {
        lang: "he",
        files: [
          {
            name: "שומאן, תמונות ילדות.pdf",
            mediaType: "application/pdf",
            content: { pdf: "Schumann, Kinderszenen op. 15" },
          },
        ],
      },
    ),
    from("alice", "liat", 42 * DAY + 1212, "תודה! I found out which one it is. All of them."),
  ),
  about(
    "زيارة في الربيع",
    from(
      "omar",
      "alice",
      5 * DAY + 205,
      "عزيزتي أليس،\n\nسأكون في المدينة في الأسبوع الأول من أبريل. هل تناسبكم زيارة يوم السبت؟ سأحضر معي القهوة التي تحبينها، و300 غرام من الهيل.\n\nمع أطيب التحيات،\nعمر",
      { lang: "ar" },
    ),
    from(
      "alice",
      "omar",
      4 * DAY + 1310,
      "Saturday is wonderful. سأحضر الخبز! We will all be there; Mum asks every week when you come.",
    ),
  ),
  about(
    "القهوة",
    from("omar", "alice", 99 * DAY + 512, "وصلت القهوة؟", { lang: "ar" }),
    from("alice", "omar", 99 * DAY + 131, "She has arrived and is nearly gone. شكراً!"),
  ),
  about(
    "Bicycle",
    from(
      "alice",
      "ines",
      18 * DAY + 510,
      "Is your blue bicycle still for sale? Mine has been taken, lock and all; they left the basket.",
    ),
    from("ines", "alice", 18 * DAY + 402, "yes! 60 and a dinner. i have the key somewhere", {
      chat: "thread",
    }),
    from(
      "alice",
      "ines",
      18 * DAY + 140,
      "Sold, to the lady with the basket. Dinner on Saturday?",
      { answers: 0 },
    ),
  ),
  about(
    "The walk on the 6th",
    from(
      "ines",
      "alice sam",
      33 * DAY + 422,
      "Meet at the bus stop at nine, not at the car park: the car park is a lake. Eleven kilometres, two hills, one café.\n\nIf it rains we go all the same and talk less.",
    ),
    from("sam", "ines alice", 33 * DAY + 88, "in"),
    from(
      "alice",
      "ines sam",
      32 * DAY + 1100,
      "In. I bring the map, Sam brings the dog, nobody brings the guitar.",
    ),
  ),
  about(
    "Recipe, as promised",
    from(
      "ines",
      "alice",
      57 * DAY + 630,
      "## Caldo verde\n\n*for four, or for two who walked*\n\n1. 600 g potatoes, one onion, garlic: soft in water, then mash **in** the water\n2. kale, cut as thin as you have patience for\n3. five minutes, not six\n4. chouriço on top, oil over everything\n\nSalt at the end. Always at the end.",
    ),
  ),
  about(
    "Birthday",
    from(
      "sam",
      "alice ines bob",
      190 * DAY + 700,
      "mine. saturday. fire on the beach. bring wood, not presents 🔥🎂",
    ),
    from("bob", "sam alice ines", 190 * DAY + 511, "I bring both, and a guitar."),
    from("alice", "sam ines bob", 190 * DAY + 302, "Wood, and earplugs."),
  ),
  about(
    "Train times",
    from(
      "mum",
      "alice",
      66 * DAY + 104,
      "The 16:10 stops again. The other one does not. I wave at it anyway.",
    ),
  ),
  about(
    "Vote on Sunday",
    from(
      "ines",
      "alice sam",
      215 * DAY + 330,
      "School gym, eight to six, bring a passport and an opinion.",
    ),
  ),
  about(
    "Your old room",
    from(
      "mum",
      "alice",
      250 * DAY + 412,
      "I have painted it. It is called *Oyster* on the tin and it is beige on the wall.",
    ),
    from("alice", "mum", 249 * DAY + 1001, "Oyster is a state of mind. I like it already."),
  ),
  about(
    "New year",
    from("omar", "alice", 322 * DAY + 200, "كل عام وأنتم بخير! سنة سعيدة من كل العائلة.", {
      lang: "ar",
    }),
    from("alice", "omar", 321 * DAY + 1200, "And to all of you! May it be a gentle one. 🕊️"),
  ),
  about("Snow", from("sam", "alice", 300 * DAY + 66, "look out of the window")),
  about(
    "Thank you for the weekend",
    from(
      "ines",
      "alice",
      380 * DAY + 505,
      "I have not slept so well in months. Your mother put a hot water bottle in the bed and did not say a word about it.",
    ),
    from("alice", "ines", 379 * DAY + 800, "She says a word about it now: come back."),
  ),
  about(
    "First lesson",
    from("liat", "alice", 410 * DAY + 240, "נתחיל ביום שני. אין צורך להביא כלום חוץ מסבלנות.", {
      lang: "he",
    }),
  ),
];
