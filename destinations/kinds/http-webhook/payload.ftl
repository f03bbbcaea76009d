{
  "type": "${input.event_type?json_string}",
  "user_id": ${UtilClass.toJsonString(input.user_id)},
  "time": "${input.event_time?replace(" ", "T")}Z",
  "properties": ${UtilClass.toJsonString(mappedProperties)}
}
