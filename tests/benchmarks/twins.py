"""The templates of the bench in Jinja2, as somebody would write them by hand for the same payload."""

TWINS = {
    "event-20-lines": """\
{% set time = input.event_time %}
{
  {% if input.user_id is defined %}
  "external_id": "{{ input.user_id }}",
  {% endif %}
  "event": {{ input.event_type | tojson }},
  "time": "{{ time | date("%Y-%m-%dT%H:%M:%SZ") }}",
  "time_ms": {{ time | epoch_ms }},
  "platform": "{{ input.platform | default("unknown") }}",
  "context": {
    "os": "{{ input.os_name | default }} {{ input.os_version | default }}",
    "country": "{{ input.country | default("") }}",
    "ip": "{{ input.ip_address | default("") }}"
  },
  "properties": {
    {% for key, value in input.event_properties | items if value is not none %}
    {{ key | tojson }}: {{ value | tojson }}{% if not loop.last %},{% endif %}
    {% endfor %}
  },
  "email": "{{ input.user_properties.email | default }}"
}
""",
    "cohort-100-users": """\
{
  "cohort_name": "{{ input.cohort_name }}",
  "in_cohort": {{ input.in_cohort | tojson }},
  "users": [
  {% for user in input.users %}
  {
    "user_id": "{{ user.user_id }}",
    "user_properties": {
      {% for key in user.user_properties %}
        {% set value = user.user_properties[key] %}
        "{{ key }}": {{ value | tojson }}{% if not loop.last %},{% endif %}
      {% endfor %}
    }
  }{% if not loop.last %},{% endif %}
  {% endfor %}
  ]
}
""",
    "ids-only-100-users": (
        '{"ids": [{% for u in input.users %}"{{ u.user_id }}"{% if not loop.last %}, {% endif %}{% endfor %}]}'
    ),
    "seed-event": """\
{
      {% if input.user_id is defined %}
      "external_id" : "{{ input.user_id }}",
      {% endif %}
      "name" : "{{ input.event_type }}",
      "time" : "{{ input.event_time }}",
      "properties" : {
            "email" : "{{ input.user_properties.email | default }}"
      }
}
""",
    "recursive-json-macro": (
        "{% macro json(v) %}{% if v is mapping %}{ {%- for k, x in v | items %}{{ k | tojson }}:{{ json(x) }}"
        "{% if not loop.last %},{% endif %}{% endfor -%} }{% elif v is sequence and v is not string %}["
        "{% for x in v %}{{ json(x) }}{% if not loop.last %},{% endif %}{% endfor %}]"
        "{% else %}{{ v | tojson }}{% endif %}{% endmacro %}\n{{ json(input) }}\n"
    ),
}
