/** HTML mail as list software makes it: layout tables, style attributes, spacers, trackers, pictures on web servers. */
export function newsletter({ articles = 3, host = "https://news.example" } = {}): string {
  const rows = Array.from({ length: articles }, (_, i) => article(i, host)).join("\n");
  return `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<title>The Harbour Letter</title>
<style type="text/css">body{background:#eef;font-family:Comic Sans MS} .btn{background:url(${host}/btn.png)} @import url(${host}/x.css);</style>
<!--[if mso]><table width="600"><tr><td><![endif]--></head>
<body bgcolor="#ffeedd" background="${host}/bg.png" style="margin:0;padding:0;background-image:url(${host}/bg2.png)">
<div style="display:none;max-height:0">Boats, boards and the last warm evening of the year.</div>
<table width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#dddddd"><tr><td align="center">
<table width="600" class="main" style="width:600px" cellpadding="0"><tbody>
<tr><td align="left"><img src="${host}/logo.png" width="180" height="48" alt="The Harbour Letter" /></td></tr>
<tr><td><h1 style="color:#f0f;font-size:42px">The last warm evening</h1>
<p>Dear Alice,</p>
<p>The boats go up next week. Here is what happened on the slipway, and <b>what we need from you</b> before the frost: two hours, gloves, and <a href="https://harbour.example/rota?u=81&amp;c=3f" style="color:red">a name on the rota</a>.</p></td></tr>
${rows}
<tr><td><h2>What it came to</h2>
<table><thead><tr><th>What</th><th>Hours</th><th align="right">Cost</th></tr></thead><tbody>
<tr><td>Slipway boards</td><td>34</td><td align="right">£ 412.00</td></tr>
<tr><td>Mast light</td><td>6</td><td align="right">£ 88.50</td></tr>
<tr><td>Tea and cake</td><td>2</td><td align="right">£ 31.20</td></tr></tbody></table></td></tr>
<tr><td><blockquote>A boat is a hole in the water, into which one pours friends.</blockquote>
<ul><li>Saturday: boards, ropes, the long ladder</li><li>Sunday: nothing, whatever Tom says</li></ul>
<hr /><p><small>You get this letter because you are a member of the club. <a href="https://harbour.example/leave">Unsubscribe</a></small></p></td></tr>
</tbody></table></td></tr></table>
<img src="${host}/open.gif?id=81" width="1" height="1" alt="" /></body></html>`;
}

function article(i: number, host: string): string {
  return `<tr><td style="padding:24px 0"><table width="100%"><tr>
<td width="120" valign="top"><a href="https://harbour.example/read/${i}"><img src="${host}/p/${i}.jpg" width="120" height="90" alt="Photo ${i + 1}" style="border:0" /></a></td>
<td valign="top" style="padding-left:16px"><h3 style="margin:0"><a href="https://harbour.example/read/${i}">Board ${i + 1} of the slipway, and why it creaks</a></h3>
<p style="margin:8px 0">Violet took the caliper to it. <i>Eleven millimetres</i> of the twenty are still there, which is <u>enough for a dinghy</u> and not for the committee.</p>
</td></tr></table></td></tr>`;
}
