/** Message reactions, XEP-0444 0.2: all that somebody has to say of a message now; none takes back what was said. */
import type { Element } from "@xmpp/xml";
import { cleanId, cleanLine } from "./text.ts";

const NS_REACTIONS = "urn:xmpp:reactions:0";
const MAX_EMOJI = 20;
/** "Only Unicode codepoints that can be displayed as a single emoji"; what is none is left out. */
const EMOJI = /^[\p{Emoji}\p{Emoji_Component}]{1,24}$/u;
const PICTURE = /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20E3]/u;

export function parseReactions(message: Element): { to: string; emoji: string[] } | undefined {
  const element = message.getChild("reactions", NS_REACTIONS);
  const to = cleanId(element?.attrs["id"]);
  if (element === undefined || to === undefined) return undefined;
  const all = element
    .getChildren("reaction", NS_REACTIONS)
    .map((reaction) => cleanLine(reaction.text(), 100))
    .filter((text) => EMOJI.test(text) && PICTURE.test(text));
  return { to, emoji: [...new Set(all)].slice(0, MAX_EMOJI) };
}
