/** Words about notifications. */
export const notifyWords = {
  reply: "Reply",
  archive: "Archive",
  name: "Tell me of new mail",
  hint: "From people you know or wrote to, while no tab of Envoi can be seen. One notice a conversation.",
  denied:
    "The browser forbids notifications for this page. Allow them in its settings for this site, then switch this on again.",
  dismissed: "The browser was not given leave. Switch this on again to be asked once more.",
  none: "This browser has no notifications for web pages. On an iPhone or iPad, add Envoi to the Home Screen first.",
  notPossible: "What is not possible",
  cannotWake:
    "This browser cannot wake Envoi when it is closed: your server has no way to reach it. Keep a tab open, hidden or not.",
  counts: "Without notifications",
  countsText:
    "The number of unread conversations stands in the tab's title and icon, and on the icon of the installed app.",
} as const;
