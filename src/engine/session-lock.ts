/** The lock that says that some tab of this browser session is signed in. */
export function sessionLock(jid: string): string {
  return `envoi-session:${jid}`;
}

/** Whether some tab is signed in to the account right now. */
export async function isSessionAlive(jid: string): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return held?.some((lock) => lock.name === sessionLock(jid)) ?? false;
}
