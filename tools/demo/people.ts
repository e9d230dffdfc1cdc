/** The people of the demo. Addresses are of domains that exist only on the demo's own server. */
import type { AvatarPicture } from "./avatars.ts";
import type { PersonName } from "./script.ts";

export type DemoPerson = {
  address: string;
  /** How they call themselves (XEP-0172). */
  name: string;
  /** How alice has them in her roster; absent: not in it. */
  inRoster?: string;
  /** Absent: none published. */
  picture?: AvatarPicture;
};

export const PEOPLE: Record<PersonName, DemoPerson> = {
  alice: {
    address: "alice@localhost",
    name: "Alice Moreau",
    picture: { back: 265, coat: 330, skin: 0.12, hair: "long", hairColour: "brown" },
  },
  bob: {
    address: "bob@localhost",
    name: "Bob Lindqvist",
    inRoster: "Bob Lindqvist",
    picture: { back: 25, coat: 205, skin: 0.05, hair: "short", hairColour: "blond", beard: true },
  },
  nadia: {
    address: "nadia@harbour.example",
    name: "Nadia Rossi",
    inRoster: "Nadia Rossi",
    picture: { back: 345, coat: 160, skin: 0.32, hair: "bun", hairColour: "black" },
  },
  tom: {
    address: "tom@harbour.example",
    name: "Tom Achterberg",
    inRoster: "Tom Achterberg",
    picture: { back: 195, coat: 220, skin: 0.1, hair: "cap", hairColour: "grey", beard: true },
  },
  jun: {
    address: "jun@lantern.example",
    name: "Jun Park",
    inRoster: "Jun Park",
    picture: "lantern",
  },
  mum: {
    address: "helene@moreau.example",
    name: "Hélène Moreau",
    inRoster: "Mum",
    picture: { back: 45, coat: 280, skin: 0.12, hair: "bun", hairColour: "white", glasses: true },
  },
  liat: { address: "liat@keys.example", name: "ליאת כהן", inRoster: "ליאת כהן", picture: "keys" },
  violet: {
    address: "violet@granite.example",
    name: "Violet Okafor",
    inRoster: "Violet Okafor",
    picture: { back: 145, coat: 15, skin: 0.85, hair: "curly", hairColour: "black" },
  },
  board: { address: "board@harbour.example", name: "Board list" },
  sam: { address: "sam@ridge.example", name: "Sam", inRoster: "Sam", picture: "ridge" },
  orchard: { address: "invoices@orchard.example", name: "Orchard & Sons" },
  haruka: {
    address: "haruka@lantern.example",
    name: "佐藤 遥",
    inRoster: "佐藤 遥",
    picture: {
      back: 10,
      coat: 185,
      skin: 0.16,
      hair: "parted",
      hairColour: "black",
      glasses: true,
    },
  },
  omar: {
    address: "omar@moreau.example",
    name: "عمر حداد",
    inRoster: "عمر حداد",
    picture: { back: 165, coat: 90, skin: 0.5, hair: "short", hairColour: "black", beard: true },
  },
  ines: {
    address: "ines@ridge.example",
    name: "Inês Carvalho",
    inRoster: "Inês Carvalho",
    picture: { back: 310, coat: 45, skin: 0.38, hair: "curly", hairColour: "brown" },
  },
  pavel: { address: "pavel@granite.example", name: "Pavel Dvořák", inRoster: "Pavel Dvořák" },
  greta: {
    address: "greta@flat.example",
    name: "Greta Holm",
    inRoster: "Greta Holm (landlady)",
    picture: { back: 110, coat: 245, skin: 0.04, hair: "parted", hairColour: "grey" },
  },
  choir: { address: "choir@ridge.example", name: "Ridge Choir" },
  almanac: { address: "letter@almanac.example", name: "The Coast Almanac" },
  gauge: { address: "gauge@harbour.example", name: "Gauge D" },
  rail: { address: "tickets@rail.example", name: "Coast Line" },
  library: { address: "desk@library.example", name: "Town Library" },
};

/** Passwords of the two that a visitor signs in as; the rest is made up at each seeding. */
export const DEMO_PASSWORDS = { alice: "wonder-harbour", bob: "wonder-orchard" } as const;
