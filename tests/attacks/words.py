"""What an attacker writes into a field. Whatever of it becomes an element or an attribute carries the attribute `planted`."""

PLANTED = "planted"
PRODUCT, RESULT = "{{ 4242 * 3 }}", "12726"
MARKUP = (
    f"<script {PLANTED}>alert(1)</script>"
    f'"><img src=x onerror=alert(2) {PLANTED}>'
    f"'><svg onload=alert(3) {PLANTED}></svg>"
    f"</textarea></title></option></select></style></script><b {PLANTED} hx-post=/sign-in/out hx-trigger=load>b</b>"
    f"<a {PLANTED} data-hx-get=/today href=javascript:alert(4)>a</a>"
    f"\" {PLANTED}=\" ' {PLANTED}=' {PLANTED}=x "
    f"{PRODUCT} {{% for x in y %}} ${{7*7}} #{{7*7}} %(name)s {{0}} "
    "javascript:alert(5) &lt;i&gt; \u202egnp.exe\u2066"
)
FORMULA = "=cmd|' /C calc'!A0+"
