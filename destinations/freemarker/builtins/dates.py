from destinations.freemarker.run import Run
from destinations.freemarker.values import Moment


def default_text(run: Run, value: Moment) -> str:
    return ""


def moment_text_in(run: Run, value: Moment, form: str) -> str:
    return ""


def now(run):
    return None


def check_time_zone(t):
    pass


def json_form(v):
    return ""
