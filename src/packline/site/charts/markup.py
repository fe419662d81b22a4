"""Writing SVG: escaped text and attributes, and a picture that says what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["element", "line", "picture", "rect", "text"]


def element(name: str, *content: str, **attributes: str | float | None) -> str:
    """Write an element; `content` is markup already, attributes are escaped.

    A trailing underscore in a name is dropped (``class_``), others become hyphens.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(content)}</{name}>"


def text(
    x: float, y: float, said: str, *, anchor: str = "start", class_: str | None = None
) -> str:
    """Write words at a place."""
    return element("text", escape(said), x=x, y=y, text_anchor=anchor, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, *, class_: str) -> str:
    """Draw a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *content: str,
    class_: str,
    rx: float | None = None,
) -> str:
    """Draw a rectangle; `content` may be a ``<title>`` that shows when it is pointed at."""
    return element(
        "rect",
        *content,
        x=x,
        y=y,
        width=max(width, 0),
        height=max(height, 0),
        rx=rx,
        class_=class_,
    )


def picture(
    width: float,
    height: float,
    shapes: Iterable[str],
    *,
    title: str,
    description: str,
    class_: str = "",
    role: str = "img",
) -> str:
    """Wrap shapes into a picture that a screen reader can announce."""
    return element(
        "svg",
        element("title", escape(title)),
        element("desc", escape(description)),
        *shapes,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_attribute(width)} {_attribute(height)}",
        width=width,
        height=height,
        role=role,
        aria_label=f"{title}. {description}",  # no ids: a page may show a picture twice
        class_=f"chart {class_}".strip(),
    )


def _attribute(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.2f}".rstrip("0").rstrip(".")
