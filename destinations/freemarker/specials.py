"""The special variables, `.now` and its kin."""

SPECIALS = frozenset(
    [
        "vars",
        "data_model",
        "globals",
        "main",
        "namespace",
        "locals",
        "now",
        "error",
        "args",
        "locale",
        "lang",
        "time_zone",
        "output_format",
        "auto_esc",
        "template_name",
        "main_template_name",
        "current_template_name",
        "version",
        "url_escaping_charset",
        "output_encoding",
        "incompatible_improvements",
        "get_optional_template",
        "locale_object",
        "caller_template_name",
        "node",
        "current_node",
        "pass",
        "macro_caller_template_name",
    ]
)
