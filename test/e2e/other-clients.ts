/**
 * Messages as clients that are not ours write them, stanza by stanza. Where a version is named, its traffic was recorded:
 * Debian's package against Prosody. The others are after their sources. `becomes`:
 * what a person then sees here. Ids are made anew by whoever sends them; ID stands for its own, ID_1 for another's.
 */
export type OtherMessage = {
  client: string;
  what: string;
  stanza: string;
  becomes: {
    subject?: string;
    text?: string;
    chat?: true;
    files?: string[];
    html?: true;
    nothing?: true;
  };
};

const MARKS =
  "<markable xmlns='urn:xmpp:chat-markers:0'/><origin-id xmlns='urn:xmpp:sid:0' id='ID'/>" +
  "<request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/>";
const chat = (inner: string): string => `<message type='chat' id='ID'>${inner}${MARKS}</message>`;
/** Gajim marks its id twice and asks for everything. */
const gajim = (inner: string, after = ""): string =>
  "<message type='chat' id='ID' xml:lang='en'>" +
  `${inner}<origin-id xmlns='urn:xmpp:sid:0' id='ID'/>${after}<request xmlns='urn:xmpp:receipts'/>` +
  "<markable xmlns='urn:xmpp:chat-markers:0'/></message>";
const dino = (inner: string): string =>
  "<message type='chat' id='ID' xml:lang='en'>" +
  `${inner}<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>`;
/** Profanity as it comes: an id and a body. */
const profanity = (inner: string): string =>
  `<message type='chat' id='ID' xml:lang='en'>${inner}</message>`;
const html = (inner: string): string =>
  "<html xmlns='http://jabber.org/protocol/xhtml-im'>" +
  `<body xmlns='http://www.w3.org/1999/xhtml'>${inner}</body></html>`;
const oob = (url: string, desc = ""): string =>
  `<x xmlns='jabber:x:oob'><url>${url}</url>${desc === "" ? "" : `<desc>${desc}</desc>`}</x>`;
const PHOTO = "https://upload.example.org/a1/IMG_2026.jpg";
const sfs = (name: string, type: string, url: string): string =>
  "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><file xmlns='urn:xmpp:file:metadata:0'>" +
  `<name>${name}</name><media-type>${type}</media-type><size>1234</size></file><sources>` +
  `<url-data xmlns='http://jabber.org/protocol/url-data' target='${url}'/></sources></file-sharing>`;
const sims = (name: string, type: string, url: string): string =>
  "<reference xmlns='urn:xmpp:reference:0' type='data' begin='0' end='9'><media-sharing xmlns='urn:xmpp:sims:1'>" +
  `<file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><media-type>${type}</media-type><name>${name}</name>` +
  "<size>1234</size></file><sources><reference xmlns='urn:xmpp:reference:0' type='data' " +
  `uri='${url}'/></sources></media-sharing></reference>`;

export const OTHER_MESSAGES: readonly OtherMessage[] = [
  // Conversations
  {
    client: "Conversations",
    what: "a line",
    stanza: chat("<body>Hello from my phone</body>"),
    becomes: { chat: true, text: "Hello from my phone" },
  },
  {
    client: "Conversations",
    what: "styling",
    stanza: chat("<body>This is *strong*, _soft_, ~gone~ and `code`</body>"),
    becomes: { chat: true, text: "strong" },
  },
  {
    client: "Conversations",
    what: "a photo",
    stanza: chat(`<body>${PHOTO}</body>${oob(PHOTO)}`),
    becomes: { chat: true, files: ["IMG_2026.jpg"] },
  },
  {
    client: "Conversations",
    what: "a reply",
    stanza: chat(
      "<body>&gt; Are you there?\nYes, since noon</body><reply xmlns='urn:xmpp:reply:0' to='ME' id='ID_1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='17'/></fallback>",
    ),
    becomes: { chat: true, text: "Yes, since noon" },
  },
  {
    client: "Conversations",
    what: "a location",
    stanza: chat("<body>geo:48.2010,16.3695</body>"),
    becomes: { chat: true, text: "geo:48.2010,16.3695" },
  },
  {
    client: "Conversations",
    what: "/me",
    stanza: chat("<body>/me is on the ferry</body>"),
    becomes: { chat: true, text: "is on the ferry" },
  },
  {
    client: "Conversations",
    what: "a receipt",
    stanza:
      "<message type='chat' id='ID'><received xmlns='urn:xmpp:receipts' id='ID_1'/></message>",
    becomes: { nothing: true },
  },
  {
    client: "Conversations",
    what: "a reaction",
    stanza:
      "<message type='chat' id='ID'><reactions xmlns='urn:xmpp:reactions:0' id='ID_1'><reaction>👍</reaction></reactions><store xmlns='urn:xmpp:hints'/></message>",
    becomes: { nothing: true },
  },
  {
    client: "Conversations",
    what: "an encrypted file",
    stanza: chat(`<body>aesgcm://upload.example.org/x/voice.m4a#${"ab".repeat(44)}</body>`),
    becomes: { chat: true, text: "aesgcm://upload.example.org" },
  },
  // Cheogram
  {
    client: "Cheogram",
    what: "mail with subject and thread",
    stanza:
      "<message id='ID'><subject>From my mailbox</subject><thread>thread-c-1</thread><body>Written in Cheogram</body></message>",
    becomes: { subject: "From my mailbox", text: "Written in Cheogram" },
  },
  {
    client: "Cheogram",
    what: "rich text",
    stanza: chat(
      `<body>bold and link</body>${html("<b>bold</b> and <a href='https://example.org/'>link</a>")}`,
    ),
    becomes: { chat: true, html: true, text: "bold and link" },
  },
  {
    client: "Cheogram",
    what: "two files",
    stanza: chat(
      `<body>Two pictures</body>${sims("one.png", "image/png", "https://upload.example.org/1/one.png")}${sims("two.png", "image/png", "https://upload.example.org/2/two.png")}`,
    ),
    becomes: { chat: true, files: ["one.png", "two.png"], text: "Two pictures" },
  },
  {
    client: "Cheogram",
    what: "a text message of a gateway",
    stanza:
      "<message type='chat' id='ID'><body>Your parcel is here</body><addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' uri='sms:+15551234'/></addresses></message>",
    becomes: { chat: true, text: "Your parcel is here" },
  },
  // Gajim 1.7.3, recorded; the single message and the typed quote are of older versions
  {
    client: "Gajim",
    what: "a line",
    stanza: gajim("<body>Hello from the desk</body>"),
    becomes: { chat: true, text: "Hello from the desk" },
  },
  {
    client: "Gajim",
    what: "a single message of an older version",
    stanza:
      "<message type='normal' id='ID'><subject>Minutes</subject><body>As agreed on Monday</body></message>",
    becomes: { subject: "Minutes", text: "As agreed on Monday" },
  },
  {
    client: "Gajim",
    what: "code",
    stanza: gajim("<body>```\nlet x = 1;\n```\nthat is it</body>"),
    becomes: { chat: true, text: "let x = 1;" },
  },
  {
    client: "Gajim",
    what: "a quote",
    stanza: gajim("<body>&gt; said before\nAnswered after</body>"),
    becomes: { chat: true, text: "Answered after" },
  },
  {
    client: "Gajim",
    what: "a file",
    stanza: gajim(
      "<body>https://upload.example.org/b/report.pdf</body>",
      oob("https://upload.example.org/b/report.pdf"),
    ),
    becomes: { chat: true, files: ["report.pdf"] },
  },
  {
    client: "Gajim",
    what: "a correction",
    stanza: gajim(
      "<body>Hello from the desk, again</body><replace xmlns='urn:xmpp:message-correct:0' id='ID_14'/>",
    ),
    becomes: { chat: true, text: "Hello from the desk, again" },
  },
  // Psi 1.5, recorded; below it what its sources can write besides
  {
    client: "Psi",
    what: "an answer to our mail",
    stanza:
      "<message id='aac4a' xml:lang='en'>\n<subject>Re: Dinner on Friday</subject>\n<body>Gladly, at eight.</body>\n<nick xmlns='http://jabber.org/protocol/nick'>psi</nick>\n</message>",
    becomes: { subject: "Re: Dinner on Friday", text: "Gladly, at eight." },
  },
  {
    client: "Psi",
    what: "mail",
    stanza:
      "<message id='ID'><subject>Lunch</subject><body>At one?</body><thread>psi-1</thread></message>",
    becomes: { subject: "Lunch", text: "At one?" },
  },
  {
    client: "Psi",
    what: "mail with links",
    stanza: `<message id='ID'><subject>Two links</subject><body>See below</body>${oob("https://example.org/a.html", "The first")}${oob("https://example.org/b.zip", "The second")}</message>`,
    becomes: { subject: "Two links", files: ["a.html", "b.zip"] },
  },
  {
    client: "Psi",
    what: "rich text",
    stanza: `<message id='ID'><subject>In colour</subject><body>Green tea</body>${html("<p style='color:#0a0'><span style='font-weight:bold'>Green</span> tea</p>")}</message>`,
    becomes: { subject: "In colour", html: true, text: "Green tea" },
  },
  {
    client: "Psi",
    what: "a headline",
    stanza:
      "<message type='headline' id='ID'><subject>Server news</subject><body>Restart at six</body></message>",
    becomes: { subject: "Server news", text: "Restart at six" },
  },
  {
    client: "Psi",
    what: "whiteboard talk",
    stanza:
      "<message type='chat' id='ID'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
    becomes: { nothing: true },
  },
  // Dino 0.4.2, recorded, but for the file and the withdrawal: newer versions, after their sources
  {
    client: "Dino",
    what: "a line",
    stanza: dino("<body>Hello from Dino 🦕</body>"),
    becomes: { chat: true, text: "retracted this message" },
  },
  {
    client: "Dino",
    what: "a file",
    stanza: chat(
      `<body>https://upload.example.org/d/map.png</body>${sfs("map.png", "image/png", "https://upload.example.org/d/map.png")}${oob("https://upload.example.org/d/map.png")}<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'><body/></fallback>`,
    ),
    becomes: { chat: true, files: ["map.png"] },
  },
  {
    client: "Dino",
    what: "a reply",
    stanza: dino(
      "<body>&gt; Shall we?\nLet us</body><reply xmlns='urn:xmpp:reply:0' to='ME/device' id='ID_1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='12'/></fallback>",
    ),
    becomes: { chat: true, text: "Let us" },
  },
  {
    client: "Dino",
    what: "a lone emoji",
    stanza: dino("<body>🎉</body>"),
    becomes: { chat: true, text: "🎉" },
  },
  {
    client: "Dino",
    what: "a withdrawal",
    stanza:
      "<message type='chat' id='ID'><retract xmlns='urn:xmpp:message-retract:1' id='ID_26'/><body>/me retracted a previous message</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/><store xmlns='urn:xmpp:hints'/></message>",
    becomes: { nothing: true },
  },
  // Profanity 0.13.1, recorded; several lines and OMEMO after its sources
  {
    client: "Profanity",
    what: "a line",
    stanza: profanity("<body>Hello from the terminal</body>"),
    becomes: { chat: true, text: "Hello from the terminal" },
  },
  {
    client: "Profanity",
    what: "several lines",
    stanza: profanity("<body>one\n  two\n\tthree</body>"),
    becomes: { chat: true, text: "three" },
  },
  {
    client: "Profanity",
    what: "a file",
    stanza: profanity(
      `<body>https://upload.example.org/p/log.txt</body>${oob("https://upload.example.org/p/log.txt")}`,
    ),
    becomes: { chat: true, files: ["log.txt"] },
  },
  {
    client: "Profanity",
    what: "encrypted, with an excuse",
    stanza:
      "<message type='chat' id='ID'><body>You received a message encrypted with OMEMO but your client doesn't support OMEMO.</body><encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted><store xmlns='urn:xmpp:hints'/></message>",
    becomes: { chat: true, text: "OMEMO" },
  },
  // slixmpp and scripts
  {
    client: "slixmpp",
    what: "a script's mail",
    stanza:
      "<message id='ID' xml:lang='en'><subject>Backup done</subject><body>412 files, no errors</body></message>",
    becomes: { subject: "Backup done", text: "412 files" },
  },
  {
    client: "sendxmpp",
    what: "a cron job",
    stanza:
      "<message id='ID'><subject>cron</subject><body>\nroot: disk 91% full\n</body></message>",
    becomes: { subject: "cron", text: "disk 91% full" },
  },
  {
    client: "slixmpp",
    what: "in two languages",
    stanza:
      "<message id='ID'><subject>Hello</subject><subject xml:lang='de'>Hallo</subject><body>Good day</body><body xml:lang='de'>Guten Tag</body></message>",
    becomes: { subject: "Hello", text: "Good day" },
  },
  // Movim
  {
    client: "Movim",
    what: "a line",
    stanza: chat(
      `<body>Hello from Movim</body>${html("<p>Hello from <strong>Movim</strong></p>")}`,
    ),
    becomes: { chat: true, html: true, text: "Hello from Movim" },
  },
  {
    client: "Movim",
    what: "a sticker",
    stanza: chat(
      `<body>A sticker</body>${html("<p><img alt='A sticker' src='cid:sha1+5bcc9ccf3a8d0a9f@bob.xmpp.org'/></p>")}`,
    ),
    becomes: { chat: true, html: true, text: "A sticker" },
  },
  {
    client: "Movim",
    what: "a file",
    stanza: chat(
      `<body>https://upload.example.org/m/song.ogg</body>${sims("song.ogg", "audio/ogg", "https://upload.example.org/m/song.ogg")}`,
    ),
    becomes: { chat: true, files: ["song.ogg"] },
  },
  {
    client: "Movim",
    what: "Markdown of a note",
    stanza:
      "<message id='ID'><subject>A note</subject><body>**Bring** a [map](https://example.org/map)</body><content xmlns='urn:xmpp:content' type='text/markdown'/></message>",
    becomes: { subject: "A note", text: "Bring a map" },
  },
  // A mail gateway
  {
    client: "a mail gateway",
    what: "HTML mail",
    stanza:
      "<message id='ID'><subject>Your invoice</subject><body>Invoice 2291 is attached.</body><content xmlns='urn:xmpp:content' type='text/html'>&lt;h1&gt;Invoice&lt;/h1&gt;&lt;p&gt;Number &lt;b&gt;2291&lt;/b&gt;&lt;/p&gt;</content></message>",
    becomes: { subject: "Your invoice", html: true, text: "Invoice" },
  },
  {
    client: "Gajim",
    what: "seen",
    stanza:
      "<message type='chat' id='ID' xml:lang='en'><origin-id xmlns='urn:xmpp:sid:0' id='ID'/><displayed xmlns='urn:xmpp:chat-markers:0' id='ID_1'/></message>",
    becomes: { nothing: true },
  },
  {
    client: "Profanity",
    what: "a correction",
    stanza: profanity(
      "<body>Hello from the terminal, corrected</body><replace xmlns='urn:xmpp:message-correct:0' id='ID_31'/>",
    ),
    becomes: { chat: true, text: "Hello from the terminal, corrected" },
  },
];
