/** Mail as another client sends it, each in a thread of its own unless told. */
import { xml } from "@xmpp/xml";

export const mailTo = (to: string, subject: string, thread = subject) =>
  xml(
    "message",
    { to, id: `${thread}-${subject}` },
    xml("subject", {}, subject),
    xml("thread", {}, thread),
    xml("body", {}, `About ${subject}.`),
  );
