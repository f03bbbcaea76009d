"""A kind's logo: an SVG without anything but drawing, or a PNG encoded anew; otherwise a drawn monogram."""

import warnings
import zlib
from html import escape
from io import BytesIO

from PIL import Image

from destinations.kind.svg import BadSVG, proportions, sanitised

MOST_BYTES = 256 * 1024
MOST_SIDE = 512  # a bigger PNG is made smaller
MOST_READ = 4_096
SIZE = 48
SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"
TINTS = ("#4f46e5", "#0f766e", "#b45309", "#1d4ed8", "#be185d", "#475569", "#7c3aed", "#15803d", "#b91c1c", "#0e7490")

_PNG = b"\x89PNG\r\n\x1a\n"


class BadLogo(ValueError):
    """A logo that is refused; the message says why and what to do."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def checked_logo(data: bytes) -> bytes:
    """The picture as it may be shown. Raises BadLogo."""
    if len(data) > MOST_BYTES:
        raise BadLogo(f"The logo has {len(data):,} bytes; at most {MOST_BYTES:,} are allowed.")
    if data.startswith(_PNG):
        return _png(data)
    if b"<svg" not in data[:2_000]:
        raise BadLogo("The logo is neither SVG nor PNG. Save it as one of them.")
    try:
        safe = sanitised(data)
    except BadSVG as error:
        raise BadLogo(str(error), error.line) from None
    sizes = proportions(safe)
    if sizes is None:
        raise BadLogo('The SVG says no size. Give it a viewBox, such as viewBox="0 0 48 48".')
    _check_square(*sizes)
    return safe


def media_type(logo: bytes) -> str:
    return PNG_TYPE if logo.startswith(_PNG) else SVG_TYPE


def monogram(name: str) -> bytes:
    """A tile with up to two letters of the name, in a colour that follows from it."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    letters = "".join(word[0] for word in words[:2]).upper() or "?"
    tint = TINTS[zlib.crc32(name.encode()) % len(TINTS)]
    size = 20 if len(letters) > 1 else 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"><rect width="{SIZE}" height="{SIZE}" '
        f'rx="11" fill="{tint}"/><text x="24" y="{24 + size * 0.36:g}" fill="#fff" font-family="system-ui, sans-serif" '
        f'font-size="{size}" font-weight="700" text-anchor="middle">{escape(letters)}</text></svg>'
    ).encode()


def _png(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=("PNG",)) as opened:
                width, height = opened.size
                if max(width, height) > MOST_READ:
                    raise BadLogo(f"The PNG is {width} by {height} pixels; {MOST_SIDE} by {MOST_SIDE} is enough.")
                _check_square(width, height)
                picture = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as error:
        if isinstance(error, BadLogo):
            raise
        raise BadLogo("The PNG cannot be read. Save it again.") from None
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)  # pixels alone: text, profiles and what follows the end are gone
    if out.tell() > MOST_BYTES:
        raise BadLogo(f"The PNG has {out.tell():,} bytes once it is encoded anew; at most {MOST_BYTES:,} are allowed.")
    return out.getvalue()


def _check_square(width: float, height: float) -> None:
    if not 0.8 <= width / height <= 1.25:
        raise BadLogo(f"The logo is {width:g} by {height:g}. It is shown in a square: make it about as wide as high.")
