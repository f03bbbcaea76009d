class Moment:
    kind = "datetime"
