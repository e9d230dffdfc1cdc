/** The words of the first page: it does not wait for those of the mail, which `words.ts` adds to these. */
export const firstWords = {
  app: "Envoi",
  tagline: "Mail over XMPP",
  address: "Address",
  addressExample: "name@example.org",
  nameExample: "name",
  password: "Password",
  keep: "Keep me signed in",
  signIn: "Sign in",
  cancel: "Cancel",
  connectionSettings: "Connection settings",
  connectingTo: (host: string) => `Connecting to ${host}`,
  lookingFor: (domain: string) => `Looking for ${domain}`,
  stillTrying: "This takes long: the server or the line may be slow. Still trying.",
  technicalDetails: "Technical details",
  passwordGoesTo: (host: string) => `The password goes to ${host}, and nowhere else.`,
  reload: "Reload",
  missing: {
    title: "A part of Envoi could not be loaded",
    text: "There is a new version, or no network. What you wrote is kept: reload to go on.",
  },
  broken: {
    title: "This part of the page failed",
    text: "The rest still works. Reload to repair it; nothing is lost.",
  },
} as const;
