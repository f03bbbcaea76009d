"""Templates to begin with, for destinations whose users write the payload themselves. Each gives valid JSON. (pure)"""

from dataclasses import dataclass

_HEAD = """{
  "cohort_name": ${UtilClass.toJsonString(input.cohort_name)},
  "cohort_id": ${UtilClass.toJsonString(input.cohort_id)},
  "in_cohort": ${input.in_cohort?c},
  "computed_time": ${UtilClass.toJsonString(input.computed_time)},
  "message_id": ${UtilClass.toJsonString(input.message_id)},
"""

_IDS = f"""{_HEAD}  "users": [
    <#list input.users as user>
    {{"user_id": ${{UtilClass.toJsonString(user.user_id)}}}}<#sep>,</#sep>
    </#list>
  ]
}}
"""

_PROPERTIES = f"""{_HEAD}  "users": [
    <#list input.users as user>
    {{
      "user_id": ${{UtilClass.toJsonString(user.user_id)}},
      "user_properties": {{
        <#list (user.user_properties!{{}})?keys as key>
        ${{UtilClass.toJsonString(key)}}: ${{UtilClass.toJsonString(user.user_properties[key])}}<#sep>,</#sep>
        </#list>
      }}
    }}<#sep>,</#sep>
    </#list>
  ]
}}
"""

_PER_USER = """[
  <#list input.users as user>
  {
    "user_id": ${UtilClass.toJsonString(user.user_id)},
    ${UtilClass.toJsonString("cohort_" + input.cohort_name + "_" + input.cohort_id)}: ${input.in_cohort?c}
  }<#sep>,</#sep>
  </#list>
]
"""


@dataclass(frozen=True, slots=True)
class Preset:
    slug: str
    title: str
    template: str


COHORT_PRESETS = (
    Preset("ids", "User ids only", _IDS),
    Preset("properties", "With user properties", _PROPERTIES),
    Preset("per-user", "A list of users, the cohort as a property", _PER_USER),
)


def preset_of(slug: str) -> Preset | None:
    return next((one for one in COHORT_PRESETS if one.slug == slug), None)
