/** Words of the sign-in page that most visits never see: `first.ts` has the others. */
export const seldomWords = {
  wsUrl: "WebSocket URL",
  wsUrlHint: "Only if your server told you one: wss://…",
} as const;
