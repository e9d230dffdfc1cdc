/** Words about messages that came as HTML. */
export const htmlWords = {
  messageBody: "Message body",
  loadImages: "Load images",
  loadingImages: "Loading …",
  imagesNote: "Remote images",
  imagesNotShown: (n: number): string =>
    n === 1 ? "1 remote image is not shown" : `${n} remote images are not shown`,
  imagesRefused: (n: number): string =>
    n === 1
      ? "1 image could not be shown here: its server lets no other page read it."
      : `${n} images could not be shown here: their servers let no other page read them.`,
  openInBrowser: "Open in browser",
  plainNote: "Shown as plain text",
  picture: "Picture",
  plainBecause: {
    large: "Shown as plain text: its formatting is very large.",
    tangled: "Shown as plain text: its formatting is made in a way that could stop this page.",
    unusual: "Shown as plain text: its formatting contains what no letter needs.",
    crashed: "Shown as plain text: the page stopped the last time this message was formatted.",
  },
  /** What can be done about it: the button is right below the text. */
  formattedOnRequest: "It can be shown formatted all the same; that may take a moment.",
  formattedNever: "“View source” in its menu has all of it.",
} as const;
