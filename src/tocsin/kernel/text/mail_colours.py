"""Whether a mail brings colours of its own; one in black on white, as most are, may stand on any ground."""

import re

from lxml.html import HtmlElement

_DARK_TEXT = r"black|windowtext|#000|#000000|rgb\(\s*0\s*,\s*0\s*,\s*0\s*\)|inherit|initial|currentcolor|auto"
# Greys that clients write as their usual text, too faint on a dark ground and no choice of the writer.
_USUAL_TEXT = r"#222|#222222|#1f1f1f|#212121|#242424|#201f1e|#323130|#333|#333333"
_USUAL_GROUND = (
    r"white|#fff|#ffffff|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|transparent|none|inherit|initial|unset|auto"
)
_NEUTRAL = {
    "color": re.compile(rf"(?:{_DARK_TEXT}|{_USUAL_TEXT})$", re.I),
    "background": re.compile(rf"(?:{_USUAL_GROUND})$", re.I),
    "background-color": re.compile(rf"(?:{_USUAL_GROUND})$", re.I),
}


def has_own_colours(body: HtmlElement) -> bool:
    """Whether any text or ground has a colour that is not the usual one."""
    return any(_is_coloured(element) for element in body.iter() if isinstance(element.tag, str))


def without_neutral_colours(body: HtmlElement) -> None:
    """Black and white are left to the page, for a mail that has no others."""
    for element in body.iter():
        if isinstance(element.tag, str):
            element.attrib.pop("bgcolor", None)
            if element.tag == "font":
                element.attrib.pop("color", None)
            if "color" in (style := element.get("style") or "") or "background" in style:
                kept = [part for part in style.split(";") if part.partition(":")[0].strip() not in _NEUTRAL]
                element.set("style", ";".join(kept))


def _is_coloured(element: HtmlElement) -> bool:
    ground = element.get("bgcolor")
    if ground and not _NEUTRAL["background"].match(ground.strip()):
        return True
    colour = element.get("color") if element.tag == "font" else None
    if colour and not _NEUTRAL["color"].match(colour.strip()):
        return True
    style = element.get("style") or ""
    return any(_is_choice(part) for part in style.split(";"))


def _is_choice(part: str) -> bool:
    name, _, value = part.partition(":")
    neutral = _NEUTRAL.get(name.strip().lower())
    value = value.replace("!important", "").strip()
    return neutral is not None and bool(value) and not neutral.match(value)
