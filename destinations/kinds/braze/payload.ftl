{
  "events": [{
    "external_id": "${mappedFields.external_id?string?json_string}",
    <#if parameters.app_id??>"app_id": "${parameters.app_id?json_string}",</#if>
    "name": "${input.event_type?json_string}",
    "time": "${input.event_time?replace(" ", "T")}Z",
    "_update_existing_only": ${parameters.update_only?c},
    "properties": ${UtilClass.toJsonString(mappedProperties)}
  }]
}
