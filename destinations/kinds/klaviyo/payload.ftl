{"data": {"type": "event", "attributes": {
  "unique_id": "${input.uuid?json_string}",
  "time": "${input.event_time?replace(" ", "T")}Z",
  <#if (mappedFields.value)?? && mappedFields.value?is_number>"value": ${mappedFields.value?c},
  <#if mappedFields.currency??>"value_currency": "${mappedFields.currency?json_string}",</#if></#if>
  "properties": ${UtilClass.toJsonString(mappedProperties)},
  "metric": {"data": {"type": "metric", "attributes": {"name": "${input.event_type[0..*127]?json_string}"}}},
  "profile": {"data": {"type": "profile", "attributes": {
    <#if mappedFields.email??>"email": "${mappedFields.email?trim?lower_case?json_string}"</#if><#if mappedFields.email?? && mappedFields.external_id??>,</#if>
    <#if mappedFields.external_id??>"external_id": "${mappedFields.external_id?string?json_string}"</#if>
  }}}
}}}
