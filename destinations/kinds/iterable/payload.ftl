<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
{
  "id": "${input.uuid?json_string}",
  "eventName": "${input.event_type?json_string}",
  "${parameters.id_type?json_string}": "${mappedFields.user?string?json_string}",
  "createdAt": ${(millis / 1000)?floor?c},
  "dataFields": ${UtilClass.toJsonString(mappedProperties)}
}
