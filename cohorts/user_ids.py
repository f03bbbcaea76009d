"""What may stand in a list as a user id. (pure)"""

from typing import Any

MOST_CHARACTERS = 512  # as the column of events has it


class BadUserId(ValueError):
    """A user id that is refused; the message says what is wrong with it."""


def check_user_id(given: Any) -> str:
    """The id without white space around it. Quotes, commas and any script are fine. Raises BadUserId."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        raise BadUserId("A user id is a text.")
    user_id = given.strip()
    if not user_id:
        raise BadUserId("The user id is blank.")
    if len(user_id) > MOST_CHARACTERS:
        raise BadUserId(f"The user id has {len(user_id):,} characters; at most {MOST_CHARACTERS} are allowed.")
    if "\0" in user_id:
        raise BadUserId("The user id holds a NUL character.")
    try:
        user_id.encode()
    except UnicodeEncodeError:
        raise BadUserId("The user id holds half a character.") from None
    return user_id
