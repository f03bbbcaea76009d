{"events": [{
  "name": "${input.event_type[0..*128]?json_string}",
  "external_id": "${mappedFields.external_id?string?json_string}",
  "timestamp": "${input.event_time?replace(" ", "T")}Z",
  "idempotency_key": "${input.uuid?json_string}",
  "properties": ${UtilClass.toJsonString(mappedProperties)}
}]}
