"""Escaping text for the places it is put into: JSON, JavaScript, Java, HTML, XML, RTF and URLs."""

from __future__ import annotations

import re
from encodings.aliases import aliases

from destinations.freemarker.value_errors import BadValue, quoted

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b", '"': '\\"', "\\": "\\\\"}

_CONTROL = r'"\\\x00-\x1f\x7f-\x9f\u2028\u2029'
_JSON = re.compile(rf"[{_CONTROL}/<>]")
_JAVASCRIPT = re.compile(rf"[{_CONTROL}/<>']")
_JAVA = re.compile(r'["\\\x00-\x1f]')

_RTF = str.maketrans({"\\": "\\\\", "{": "\\{", "}": "\\}"})

_URL_UNSAFE = re.compile(r"[^A-Za-z0-9_.!~'()*-]+")
_URL_PATH_UNSAFE = re.compile(r"[^A-Za-z0-9_.!~'()*/-]+")
_TEXT_CODECS = frozenset(
    name
    for name in aliases.values()
    if re.match(r"utf_(8|16|32)|ascii|latin_1|iso8859|cp\d|koi8|euc_|shift_jis|gb|big5", name)
)


def json_string(text: str) -> str:
    """`?json_string`: the inside of a JSON string literal."""
    return _JSON.sub(_json_escape, text)


def js_string(text: str) -> str:
    """`?js_string`: the inside of a JavaScript string literal with either kind of quotes."""
    return _JAVASCRIPT.sub(_javascript_escape, text)


def j_string(text: str) -> str:
    """`?j_string`: the inside of a Java string literal."""
    return _JAVA.sub(_java_escape, text)


def c_string(text: str, c_format: str = "JavaScript or JSON") -> str:
    """`?c` of a string: a literal of the language that the `c_format` setting names, quotes included.

    `c_format` is one of `JavaScript or JSON`, `JSON`, `JavaScript`, `Java`, `XS` and `legacy`; XML Schema
    has no quotes, so there the text is itself.
    """
    if c_format == "XS":
        return text
    if c_format == "Java":
        return f'"{j_string(text)}"'
    escape = _javascript_escape if c_format == "JavaScript" else _json_escape
    between_quotes = _JSON.sub(escape, f" {text} ")[1:-1]  # with neighbours its edges are not dangerous
    return f'"{between_quotes}"'


def html(text: str) -> str:
    """`?html` and `?xhtml`."""
    return _markup(text).replace("'", "&#39;")


def xml(text: str) -> str:
    """`?xml`."""
    return _markup(text).replace("'", "&apos;")


def rtf(text: str) -> str:
    """`?rtf`."""
    return text.translate(_RTF)


def url(text: str, charset: str = "UTF-8") -> str:
    """`?url`: percent-encoded for one part of a URL; what the charset lacks becomes an encoded `?`.

    Raises BadValue for an unknown charset.
    """
    return _percent_encoded(text, charset, _URL_UNSAFE)


def url_path(text: str, charset: str = "UTF-8") -> str:
    """`?url_path`: as `url`, but slashes stay.

    Raises BadValue for an unknown charset.
    """
    return _percent_encoded(text, charset, _URL_PATH_UNSAFE)


def _markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _json_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in "/<>" and not _is_dangerous(match):
        return character
    return _SHORT.get(character) or ("\\/" if character == "/" else f"\\u{ord(character):04X}")


def _javascript_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in "/<>" and not _is_dangerous(match):
        return character
    if character in "/>'":
        return "\\" + character
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}")


def _is_dangerous(match: re.Match[str]) -> bool:
    """Whether `/`, `<` or `>` is part of what ends or opens a script, a comment or a CDATA section.

    That is `</`, `<!`, `<?`, `]]>` or `-->`, also where a neighbour outside the text could complete it.
    """
    character, at, text = match[0], match.start(), match.string
    if character == "/":
        return at == 0 or text[at - 1] == "<"
    if character == "<":
        return at + 1 == len(text) or text[at + 1] in "!?"
    before = text[max(at - 2, 0) : at]
    return before in ("", "]", "-", "]]", "--")


def _java_escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"


def _percent_encoded(text: str, charset: str, unsafe: re.Pattern[str]) -> str:
    if unsafe.search(text) is None:
        return text
    codec = _codec_of(charset)

    def encoded(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in _bytes_of(match[0], codec))

    return unsafe.sub(encoded, text)


def _codec_of(charset: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", charset[:40].lower())
    codec = aliases.get(name, name)
    if codec not in _TEXT_CODECS:
        raise BadValue(f"{quoted(charset)} is not a known charset; write UTF-8, for example")
    return codec


def _bytes_of(text: str, codec: str) -> bytes:
    if codec == "utf_16":  # without a stated order the language's is big-endian, after a mark
        return b"\xfe\xff" + text.encode("utf-16-be", "replace")
    if codec == "utf_32":
        return text.encode("utf-32-be", "replace")
    return text.encode(codec, "replace")
