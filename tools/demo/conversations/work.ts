/** Work: lanterns, granite, invoices. */
import { about, DAY, from, HOUR, type ScriptConversation } from "../script.ts";

const invoices = (
  [
    [2291, 8 * HOUR + 15, "412.50"],
    [2266, 31 * DAY + 15, "388.00"],
    [2240, 62 * DAY + 16, "401.25"],
    [2213, 93 * DAY + 17, "377.40"],
    [2187, 124 * DAY + 14, "366.10"],
    [2160, 155 * DAY + 13, "352.00"],
  ] as const
).map(([number, ago, sum]) =>
  about(
    `Invoice ${number}`,
    from(
      "orchard",
      "alice",
      ago,
      `Dear customer,\n\nattached is the invoice for your deliveries of the past month. Amount due: ${sum}, within 14 days.\n\nThis message was made by our system; answers are read on weekdays.\n\nOrchard & Sons`,
      {
        files: [
          {
            name: `Invoice ${number}.pdf`,
            mediaType: "application/pdf",
            content: { pdf: `Orchard & Sons - Invoice ${number} - ${sum}` },
          },
        ],
      },
    ),
  ),
);

export const WORK: ScriptConversation[] = [
  ...invoices,
  about(
    "Lantern prototypes",
    from(
      "jun",
      "alice | haruka",
      12 * DAY + 310,
      "The first three are folded. Paper B tears at the third crease, paper C holds but drinks the light. I would go on with A, doubled at the ribs.",
    ),
    from("alice", "jun | haruka", 11 * DAY + 1001, "A, then. What does doubling do to the weight?"),
    from(
      "jun",
      "alice | haruka",
      11 * DAY + 407,
      "Eleven grams. I measured the second one twice because I did not believe it.",
    ),
    from(
      "haruka",
      "jun alice",
      10 * DAY + 505,
      "紙Aで進めましょう。和紙の目を縦にすると、折り目がきれいに立ちます。\n\n写真は金曜日に送ります。",
      { lang: "ja" },
    ),
    from(
      "jun",
      "alice",
      1 * DAY + 77,
      "I measured the second prototype again after a night in the damp room: 3 mm shorter, and still round. 🏮\n\nShall I order paper for forty?",
    ),
  ),
  about(
    "折り目について / about the crease",
    from(
      "haruka",
      "alice",
      36 * DAY + 204,
      "アリスさん\n\nこんにちは。試作品の折り目について質問があります。山折りを先にしますか、それとも谷折りを先にしますか。\n\nIn short: mountain folds first, or valley folds?\n\nよろしくお願いします。\n佐藤",
      { lang: "ja" },
    ),
    from(
      "alice",
      "haruka",
      35 * DAY + 1111,
      "Valley folds first, from the middle out. And thank you for asking before the forty are cut!",
    ),
    from("haruka", "alice", 35 * DAY + 402, "ありがとうございます！😊", { lang: "ja" }),
  ),
  about(
    "Prototype 3, the files",
    from(
      "jun",
      "alice haruka",
      40 * DAY + 93,
      "Everything for number three: cutting lines, the rig, and the video of it falling off the table.",
      {
        files: [
          {
            name: "prototype-3-cutting-lines-and-rig-and-the-video-of-the-fall.zip",
            mediaType: "application/zip",
            content: {
              url: "https://files.lantern.example/share/9f2c/prototype-3.zip",
              size: 18_400_000,
            },
          },
        ],
      },
    ),
  ),
  about(
    "Granite samples, second attempt",
    from(
      "violet",
      "alice | pavel",
      4 * DAY + 200,
      "The samples went out this morning, properly packed this time. The grey one is *Ridge*, the one with the red in it is *Old Quay*. Wet them before you decide; dry they are all liars.",
    ),
    from(
      "pavel",
      "violet | alice",
      4 * DAY + 33,
      "Ridge splits better. Old Quay looks better. I cut what I am told.",
    ),
    from(
      "alice",
      "violet pavel",
      3 * DAY + 305,
      "They are here and wet on my windowsill. Old Quay, for the threshold at least.",
    ),
    from(
      "violet",
      "alice | pavel",
      5 * HOUR + 21,
      "Old Quay it is. Pavel needs the exact width of the door, stone to stone, in three places. Nothing in an old house is square.",
    ),
  ),
  about(
    "Threshold: a question about water",
    from(
      "pavel",
      "alice | violet",
      52 * DAY + 19,
      "Does the step slope outwards or has somebody put it in level? If level: 8 mm over the depth, no less, or you will have ice in the hall.",
    ),
    from(
      "alice",
      "pavel | violet",
      51 * DAY + 1200,
      "It is level, and there was ice in the hall. 8 mm, please.",
    ),
  ),
  about(
    "On the question of whether the workshop lamps that were promised for the end of the month before last and then for the end of the last month can still be expected before the opening on the second Saturday in December, or whether we should borrow the ones from the harbour",
    from("jun", "alice", 6 * DAY + 480, "The subject says it all. Can they?"),
    from("alice", "jun", 6 * DAY + 255, "No. Borrow."),
  ),
  about(
    "Links for the folding course",
    from(
      "jun",
      "alice",
      70 * DAY + 812,
      "As promised:\n\n- the book: https://www.example.org/books/folding-from-the-middle-out\n- the long thread about ribs (see the third answer): https://forum.example.net/t/ribs-or-no-ribs-an-exhaustive-comparison-of-seventeen-papers/40213/3?u=jun\n- paper shop (closed on Mondays!): https://papier.example.com.\n\nAsk for Marta at the shop, she knows what we want before we do. Or write to her: mailto:marta@example.com",
    ),
  ),
  about(
    "The script for the cutting table",
    from(
      "jun",
      "alice",
      83 * DAY + 444,
      "It is ten lines now:\n\n```python\nfor rib in range(24):\n    angle = rib * 15\n    table.rotate(angle)\n    for r in (40, 62, 88):\n        table.score(r, r + 18, depth=0.4 if r < 88 else 0.6)\n```\n\nChange `0.6` with care. Ask me how I know.",
    ),
  ),
  about(
    "Opening: the list",
    from(
      "alice",
      "jun haruka violet",
      20 * DAY + 705,
      "Who brings what?\n\n- [x] lamps (harbour)\n- [ ] forty lanterns\n- [ ] something to drink\n- [ ] chairs, at least twelve",
    ),
    from(
      "violet",
      "alice | jun haruka",
      19 * DAY + 1009,
      "Chairs. We have twenty at the quarry, heavy ones.",
    ),
    from("haruka", "alice | jun violet", 19 * DAY + 210, "I bring tea. お茶を持って行きます 🍵"),
  ),
  about(
    "Contract, page 4",
    from(
      "violet",
      "alice",
      110 * DAY + 303,
      "Page 4 says *net 30*, page 6 says *net 14*. Our accountant would like them to agree.",
    ),
    from(
      "alice",
      "violet",
      109 * DAY + 808,
      "30 on both. Corrected copy comes by post, with stamps on it, like adults.",
    ),
  ),
  about(
    "Holiday in August",
    from(
      "jun",
      "alice | haruka",
      118 * DAY + 609,
      "I am away from the 3rd to the 21st. No phone, one book, several mountains.",
    ),
  ),
  about(
    "Re-order: rice paper",
    from("alice", "jun", 150 * DAY + 404, "Sixty sheets, as last time?"),
    from("jun", "alice", 150 * DAY + 22, "Eighty. We have become worse at it."),
  ),
  about(
    "Stone dust in the printer",
    from(
      "pavel",
      "alice",
      171 * DAY + 72,
      "The printer at the yard prints grey. It is not the toner. Please send the drawing as a file, I read it from the screen.",
    ),
  ),
  about(
    "Key for the workshop",
    from(
      "alice",
      "jun",
      13 * DAY + 903,
      "Do you have the second key? I am locked out with forty lanterns in my arms.",
    ),
    from("jun", "alice", 13 * DAY + 611, "under the blue flowerpot. sorry!!", { chat: "plain" }),
  ),
  about(
    "Door, stone to stone",
    from(
      "alice",
      "pavel | violet",
      1 * DAY + 1290,
      "Measured three times with the steel rule:\n\n| where | width |\n|---|---|\n| top | 918 mm |\n| middle | 921 mm |\n| bottom | 926 mm |\n\nSo it leans, like everybody else here.",
    ),
    from(
      "pavel",
      "alice | violet",
      1 * DAY + 1011,
      "926 then, and I take off what does not fit. It is easier than putting it on. Lead time:\n\n1. cutting: four days\n2. the drip edge: one day, by hand\n3. waiting for the lorry: nobody knows",
    ),
  ),
  about(
    "展示会のお礼と、次の試作について",
    from(
      "haruka",
      "alice | jun",
      90 * DAY + 707,
      `アリスさん

先週の展示会では大変お世話になりました。会場の窓から海が見えて、提灯の影が床の上をゆっくり動いていたのが忘れられません。

帰りの電車で、次の試作について考えました。

一、紙は今より少し厚いもの(四十五グラム)を使う。
二、骨は二十四本のまま、結び目だけを細くする。
三、明かりは下からではなく、横から入れる。

三つ目はまだ自信がありません。来月、小さいものを一つ作ってみます。出来上がりましたら写真を送りますね。

寒くなってきましたので、どうぞご自愛ください。

佐藤 遥`,
      { lang: "ja" },
    ),
    from(
      "alice",
      "haruka | jun",
      89 * DAY + 1133,
      "Dear Haruka,\n\nlight from the side! I tried it at once, with a torch and a paper bag, and the bag has never looked so well. 写真を楽しみにしています。\n\nAlice",
    ),
  ),
  about(
    "Quotation 117",
    from(
      "violet",
      "alice",
      133 * DAY + 512,
      "The quotation for threshold and step is attached. It is valid until the end of the quarter, and after that it is still valid, because I forget.",
      {
        files: [
          {
            name: "Quotation 117.pdf",
            mediaType: "application/pdf",
            content: { pdf: "Okafor Granite - Quotation 117" },
          },
          {
            name: "quotation-117.csv",
            mediaType: "text/csv",
            content: {
              text: "item,quantity,price\nthreshold Old Quay 926 x 310 x 80,1,640.00\nstep Old Quay 1100 x 340 x 160,1,890.00\ndelivery,1,75.00\n",
            },
          },
        ],
      },
    ),
    from(
      "alice",
      "violet",
      132 * DAY + 1020,
      "Accepted, before you remember. Please put me in the queue behind the church.",
      { quote: true },
    ),
  ),
];
