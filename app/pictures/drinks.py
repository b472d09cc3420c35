"""Cans and bottles from the front. The words on them are our own labels."""

from app.pictures.ink import area, box, disc, el, group, line, oval
from app.pictures.tableware import SHADE, shade

HEAD_FONT = "Lilita One,Arial Black,sans-serif"


def lettering(x: float, y: float, text: str, size: float, **attrs: str | float) -> str:
    """A word in the shop's heading face; pictures fall back to a broad face of the machine."""
    return el(
        "text",
        text,
        x=x,
        y=y,
        text_anchor="middle",
        font_family=HEAD_FONT,
        font_size=size,
        font_weight=900,
        fill="#fff",
        **attrs,
    )


def can(body: str, badge: str, word: str) -> str:
    """A 12 ounce can."""
    bubbles = ((102, 182, 3), (112, 174, 2), (138, 180, 3.4), (130, 80, 2.4), (108, 76, 3))
    return (
        shade(120, 218, 56, 9)
        + area("M78 44Q78 34 88 32H152Q162 34 162 44L166 58V196Q166 212 152 215H88Q74 212 74 196V58Z", "#b9bcc0")
        + area("M74 62H166V192H74Z", body)
        + area("M74 62H92V192H74Z", "#fff", opacity=0.22)
        + area("M96 62H102V192H96Z", "#fff", opacity=0.28)
        + area("M148 62H166V192H148Z", SHADE, opacity=0.2)
        + oval(120, 40, 36, 8, "#e7e9eb")
        + oval(120, 40, 30, 5.6, "#9da1a6")
        + oval(124, 38.5, 11, 3, "#e7e9eb")
        + disc(120, 128, 38, badge)
        + lettering(120, 136, word, 25 if len(word) < 6 else 18, transform="rotate(-10 120 128)")
        + group(*(disc(x, y, r, "#fff") for x, y, r in bubbles), opacity=0.55)
        + area("M74 192H166V196Q166 212 152 215H88Q74 212 74 196Z", "#8f9397")
        + area("M74 58L78 44H162L166 58V62H74Z", "#cfd2d5")
    )


def bottle(liquid: str, light: str, label: str, word: str, *, large: bool = False) -> str:
    """A bottle; `large` is the broad two-liter one."""
    wide = 56 if large else 40
    left, right = 120 - wide, 120 + wide
    glass = (
        f"M106 38H134V60C134 78 {right} 84 {right} 116V200Q{right} 220 {right - 18} 220H{left + 18}"
        f"Q{left} 220 {left} 200V116C{left} 84 106 78 106 60Z"
    )
    return (
        shade(120, 222, wide + 6, 8)
        + area(glass, liquid)
        + line(f"M{left + 12} 118C{left + 14} 96 112 88 114 64V46", light, 6, opacity=0.7)
        + line(f"M{right - 14} 118V204", SHADE, 9, opacity=0.16)
        + box(102, 18, 36, 22, label, rx=5)
        + line("M109 21V37M116 21V37M124 21V37M131 21V37", SHADE, 1.6, opacity=0.25)
        + area(f"M{left} 128H{right}V186H{left}Z", label)
        + area(f"M{left} 128H{right}V135H{left}ZM{left} 179H{right}V186H{left}Z", "#fff", opacity=0.6)
        + lettering(120, 165, word, (26 if large else 22) if len(word) < 6 else 16)
    )
