import { ACTIONS, type ActionId } from "../keys/actions.ts";
import { actionWord, keyWords } from "../words/actions.ts";

/** "Go to Inbox" rather than "Inbox": here it stands beside no other. */
export function nameOf(id: ActionId): string {
  if (id === "goTag") return keyWords.placeholder.tag;
  if (id === "goFolder") return keyWords.placeholder.folder;
  return ACTIONS[id].section === "go" ? keyWords.goTo(actionWord[id]) : actionWord[id];
}
