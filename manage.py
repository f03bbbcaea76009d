#!/usr/bin/env python
"""StreamHub's command line. `--data DIR` may stand with any command: it names the folder that holds all state."""

import os
import sys

from streamhub import loading


def take_data_option(arguments: list[str]) -> list[str]:
    """Moves `--data DIR` (or `--data=DIR`) into STREAMHUB_DATA, because settings are read before a command's options.

    `render` has a `--data` of its own (the file to render with), so it is left alone.
    """
    rest: list[str] = arguments[:2]
    following = iter(arguments[2:])
    if arguments[1:2] == ["render"]:
        return arguments
    for argument in following:
        if argument == "--data":
            folder = next(following, "")
            if not folder:
                sys.exit("--data needs a folder, for example: --data ./data")
            os.environ["STREAMHUB_DATA"] = folder
        elif argument.startswith("--data="):
            os.environ["STREAMHUB_DATA"] = argument.removeprefix("--data=")
        else:
            rest.append(argument)
    return rest


def main() -> None:
    loading.begin()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamhub.settings")
    from django.core.management import execute_from_command_line

    arguments = take_data_option(sys.argv)
    try:
        execute_from_command_line(arguments)
    except Exception as error:
        from streamhub.faults_in_words import in_words

        if "--traceback" in arguments or (words := in_words(error)) is None:
            raise
        sys.exit(words)


if __name__ == "__main__":
    main()
