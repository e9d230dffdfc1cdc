/** One conversation with a text of every kind, to look at. */
import type { MessageView } from "../../src/api/contract.ts";
import { jun, kenji, liat, message, nadia } from "./fixtures.ts";

const at = Date.now() - 3 * 3_600_000;

export function textSamples(): MessageView[] {
  const parts: (Partial<MessageView> & Pick<MessageView, "from" | "body">)[] = [
    {
      from: nadia,
      format: "markdown",
      lang: "en",
      body: `# North wall, Friday

The boat leaves at **seven**, *not* at eight. Tide tables are [here](https://harbour.example/tides?day=fri), the drawing is ![section B](https://harbour.example/b.png), and \`lead.csv\` is what the logger writes.

## What to bring

1. Lead line
2. Coffee
   - milk
   - the ~~old~~ new cups
3. Boots

- [x] permit
- [ ] fuel

> Is the slipway in?
>
> > Was it ever?

Only if the wind stays under 20 knots:

\`\`\`js
const go = wind < 20 && tide.height(at("2026-11-27T07:00")) > 1.4; // a line that is longer than the column is wide
if (!go) postpone();
\`\`\`

| | Morning | Afternoon |
|-|-|-|
| Wall | Nadia, Tom | Violet |
| Slipway | Jun | – |

---

Write to harbour@example.org or see www.harbour.example.
-- 
Nadia`,
    },
    {
      from: jun,
      kind: "chat",
      body: "*yes* I can, _probably_ from nine\n~not Saturday~ and `wind < 20` is fine\n> Is the slipway in?\nno idea",
    },
    { from: jun, kind: "chat", body: "👍🏽🎉" },
    { from: jun, kind: "chat", body: "/me waves from the pier 👋" },
    {
      from: liat,
      lang: "he",
      body: "שלום נדיה,\nאפשר להזיז את השיעור לארבע? יש לי *ישיבה* בבית הספר.\n\n> The boat leaves at seven.\n> הסירה יוצאת בשבע.\n\nSee you there, ליאת",
    },
    {
      from: kenji,
      lang: "ja",
      body: "会場の図面を送ります。ご確認ください。🏗️ 展示は来月の十五日から二十日までです。搬入は前日の朝九時からで、駐車場は二台分あります。",
    },
    { from: nadia, body: "the wall won't be finished", spoiler: "How Friday ends" },
    {
      from: nadia,
      body: "At half past seven, then.",
      edited: at + 60_000,
      versions: [{ at, body: "At seven, then.", quote: "", format: "styled" }],
    },
    { from: jun, body: "Never mind.", retracted: at + 120_000 },
    { from: nadia, body: `> _ < ${"a".repeat(150)}`, format: "plain" },
  ];
  return parts.map((part, index) => message({ at: at + index * 60_000, ...part }));
}
