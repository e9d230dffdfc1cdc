/** The people of the demo. Addresses are of domains that exist only on the demo's own server. */
import type { PersonName } from "./script.ts";

export type DemoPerson = {
  address: string;
  /** How they call themselves (XEP-0172). */
  name: string;
  /** How alice has them in her roster; absent: not in it. */
  inRoster?: string;
  /** Hue of the drawn picture, 0 to 359; absent: none published. */
  picture?: number;
};

export const PEOPLE: Record<PersonName, DemoPerson> = {
  alice: { address: "alice@localhost", name: "Alice Moreau", picture: 250 },
  bob: { address: "bob@localhost", name: "Bob Lindqvist", inRoster: "Bob Lindqvist", picture: 25 },
  nadia: {
    address: "nadia@harbour.example",
    name: "Nadia Rossi",
    inRoster: "Nadia Rossi",
    picture: 345,
  },
  tom: {
    address: "tom@harbour.example",
    name: "Tom Achterberg",
    inRoster: "Tom Achterberg",
    picture: 195,
  },
  jun: { address: "jun@lantern.example", name: "Jun Park", inRoster: "Jun Park", picture: 55 },
  mum: { address: "helene@moreau.example", name: "Hélène Moreau", inRoster: "Mum", picture: 295 },
  liat: { address: "liat@keys.example", name: "ליאת כהן", inRoster: "ליאת כהן", picture: 85 },
  violet: {
    address: "violet@granite.example",
    name: "Violet Okafor",
    inRoster: "Violet Okafor",
    picture: 145,
  },
  board: { address: "board@harbour.example", name: "Board list" },
  sam: { address: "sam@ridge.example", name: "Sam", inRoster: "Sam", picture: 210 },
  orchard: { address: "invoices@orchard.example", name: "Orchard & Sons" },
  haruka: { address: "haruka@lantern.example", name: "佐藤 遥", inRoster: "佐藤 遥", picture: 10 },
  omar: { address: "omar@moreau.example", name: "عمر حداد", inRoster: "عمر حداد", picture: 160 },
  ines: {
    address: "ines@ridge.example",
    name: "Inês Carvalho",
    inRoster: "Inês Carvalho",
    picture: 320,
  },
  pavel: { address: "pavel@granite.example", name: "Pavel Dvořák", inRoster: "Pavel Dvořák" },
  greta: {
    address: "greta@flat.example",
    name: "Greta Holm",
    inRoster: "Greta Holm (landlady)",
    picture: 110,
  },
  choir: { address: "choir@ridge.example", name: "Ridge Choir" },
  library: { address: "desk@library.example", name: "Town Library" },
};

/** Passwords of the two that a visitor signs in as; the rest is made up at each seeding. */
export const DEMO_PASSWORDS = { alice: "wonder-harbour", bob: "wonder-orchard" } as const;
