import { RASTER } from "../../../mail/sniff.ts";

/** What of foreign HTML is shown: text, lists, tables, links and pictures. No style, no class, no id, no name, no form. */
const names = (text: string): string[] => text.split(" ");

/** Whatever else is opened is taken out, and its children take its place. */
export const ALLOWED_TAGS: readonly string[] = names(
  "a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr",
);

export const ALLOWED_ATTRIBUTES: readonly string[] = names(
  "href src alt title dir lang colspan rowspan align width height start reversed",
);

/** Goes with all that is in it. */
export const DROPPED_WITH_CONTENT: readonly string[] = names(
  "select textarea datalist object embed applet map canvas dialog",
);

/** Values that may stay, by attribute; what is not here may be any text. Sizes are small: a number can be an attack. */
export const ALLOWED_VALUES: Readonly<Record<string, RegExp>> = {
  dir: /^(?:ltr|rtl|auto)$/i,
  lang: /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,3}$/i,
  align: /^(?:left|right|center|justify)$/i,
  width: /^\d{1,4}(?:px|%)?$/,
  height: /^\d{1,3}(?:px)?$/,
  colspan: /^\d{1,2}$/,
  rowspan: /^\d{1,2}$/,
  start: /^-?\d{1,6}$/,
};

export const ALLOWED_LINKS = /^(?:https?|mailto|xmpp|tel):/i;
/** Bytes that came with the message. */
export const INLINE_IMAGE = new RegExp(
  `^data:image/(?:${RASTER.join("|")});base64,[a-z0-9+/=\\s]+$`,
  "i",
);
