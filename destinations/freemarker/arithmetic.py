"""Operators on numbers, and `+` on everything it joins.

Whole numbers stay Python ints, the common case; fractions are exact Decimals. Sums are exact, products keep
12 decimals, quotients 12 or as many as the operands had, rounded half up as BigDecimal does.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, Overflow

from destinations.freemarker.faults import Fault, LimitReached
from destinations.freemarker.run import Run, escape, wrong_type
from destinations.freemarker.values import Blank, Lazy, Markup, Matches, Number, Range, Value, as_number

_DIGITS = 1_000
_BIG = 10**_DIGITS
_SCALE = 12
_EXACT = Context(prec=4 * _DIGITS, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])
_TWELVE = Decimal(1).scaleb(-_SCALE)
_SEQUENCES = (list, tuple, Range, Lazy, Matches)


def add(run: Run, left: Value, right: Value, at: int, right_at: int) -> Value:
    """`left + right`: a sum, or one text, sequence or hash. The sites are those of the operands."""
    kind, other = type(left), type(right)
    if kind is int and other is int:
        return bounded(left + right)
    if kind is str and other is str:
        return run.made(left + right)
    number, addend = as_number(left), as_number(right)
    if number is not None and addend is not None:
        return bounded(_sum(number, addend))
    return _joined(run, left, right, at, right_at)


def _joined(run: Run, left: Value, right: Value, at: int, right_at: int) -> Value:
    if left is None:
        raise wrong_type(left, "", at)
    if right is None and not isinstance(left, (*_SEQUENCES, dict)):
        raise wrong_type(right, "", right_at)
    if isinstance(left, _SEQUENCES) and isinstance(right, (*_SEQUENCES, Blank)):
        return concatenated(run, run.items(left, at), run.items(right, right_at))
    if isinstance(left, Blank) and isinstance(right, _SEQUENCES):
        return right
    if isinstance(left, dict) and isinstance(right, dict | Blank):
        return merged(run, left, right if isinstance(right, dict) else {})
    if isinstance(left, Blank) and isinstance(right, dict):
        return right
    if isinstance(left, Markup) or isinstance(right, Markup):
        return _markup(run, left, right, at, right_at)
    tip = "a sequence joins a sequence, a hash joins a hash: xs + [x], h + {k: v}"
    for operand, site in ((left, at), (right, right_at)):
        if isinstance(operand, (*_SEQUENCES, dict)) and not isinstance(operand, Matches):
            raise wrong_type(operand, "a string, number or date", site, tip)
    return run.made(run.text(left, at) + run.text(right, right_at))


def concatenated(run: Run, left: list[Value], right: list[Value]) -> list[Value]:
    """One list of both, refused before it is built when too long."""
    run.check_items(len(left) + len(right))
    return run.made_items(left + right)


def merged(run: Run, left: dict[str, Value], right: dict[str, Value]) -> dict[str, Value]:
    """One hash of both: the right wins, but a null on the right hides nothing."""
    both = dict(left)
    for key, value in right.items():
        if value is not None or key not in both:
            both[key] = value
    return run.made_items(both)


def _markup(run: Run, left: Value, right: Value, at: int, right_at: int) -> Markup:
    output_format = left.output_format if isinstance(left, Markup) else right.output_format
    texts = [
        run.escaped(value, output_format, site)
        if isinstance(value, Markup)
        else escape(run.text(value, site), output_format)
        for value, site in ((left, at), (right, right_at))
    ]
    return Markup(run.made(texts[0] + texts[1]), output_format)


def subtract(left: Value, right: Value, at: int, right_at: int) -> Number:
    """`left - right`."""
    if type(left) is int and type(right) is int:
        return bounded(left - right)
    number, subtrahend = number_of(left, at), number_of(right, right_at)
    return bounded(_sum(number, -subtrahend))


def multiply(left: Value, right: Value, at: int, right_at: int) -> Number:
    """`left * right`, 12 decimals."""
    if type(left) is int and type(right) is int:
        return bounded(left * right)
    first, second = _finite(number_of(left, at)), _finite(number_of(right, right_at))
    if isinstance(first, int) and isinstance(second, int):
        return bounded(first * second)
    product = _EXACT.multiply(Decimal(first), Decimal(second))
    if _scale(product) > _SCALE:
        product = _EXACT.quantize(product, _TWELVE)
    return bounded(product)


def divide(left: Value, right: Value, at: int, right_at: int) -> Number:
    """`left / right`, 12 decimals or as many as the operands have."""
    dividend, divisor = _finite(number_of(left, at)), _finite(number_of(right, right_at))
    if not divisor:
        raise Fault("other", "Division by zero", tip="test the divisor first: <#if n != 0>")
    if isinstance(dividend, int) and isinstance(divisor, int) and not dividend % divisor:
        return dividend // divisor
    scale = max(_SCALE, _scale(dividend), _scale(divisor))
    numerator, up = _ratio(dividend)
    denominator, down = _ratio(divisor)
    top, bottom = abs(numerator * down) * 10**scale, abs(denominator * up)
    quotient = (2 * top + bottom) // (2 * bottom)
    if (numerator < 0) != (denominator < 0):
        quotient = -quotient
    return bounded(Decimal(quotient).scaleb(-scale, _EXACT))


def modulo(left: Value, right: Value, at: int, right_at: int) -> int:
    """`left % right` of the integer parts; the sign is that of the left."""
    dividend, divisor = int(_finite(number_of(left, at))), int(_finite(number_of(right, right_at)))
    if not divisor:
        raise Fault("other", "Division by zero: the integer part of the right side of % is 0")
    rest = abs(dividend) % abs(divisor)
    return -rest if dividend < 0 else rest


def negate(value: Value, at: int) -> Number:
    """`-value`."""
    return -number_of(value, at)


def number_of(value: Value, at: int) -> Number:
    """The value if it is a number. Raises Fault."""
    if type(value) is int:
        return value
    number = as_number(value)
    if number is None:
        tip = "turn text into a number with ?number" if isinstance(value, str) else None
        raise wrong_type(value, "a number", at, tip)
    return number


def bounded(number: Number) -> Number:
    """The number, unless it has too many digits. Raises LimitReached."""
    if isinstance(number, int):
        if -_BIG < number < _BIG:
            return number
    elif not number or not number.is_finite() or -_DIGITS <= number.adjusted() < _DIGITS:
        return number
    raise LimitReached(f"A number would have more than {_DIGITS:,} digits (limit: number_digits)")


def _sum(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return _EXACT.add(Decimal(_finite(left)), Decimal(_finite(right)))


def _finite(number: Number) -> Number:
    if isinstance(number, Decimal) and not number.is_finite():
        raise Fault("other", "Infinity and NaN cannot be calculated with")
    return bounded(number)


def _scale(number: Number) -> int:
    if isinstance(number, int):
        return 0
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _ratio(number: Number) -> tuple[int, int]:
    """The number as a whole numerator over a power of ten."""
    scale = _scale(number)
    if scale <= 0:
        return int(number), 1
    return int(Decimal(number).scaleb(scale, _EXACT)), 10**scale
