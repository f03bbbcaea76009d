<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
[{
  "ddsource": "streamhub",
  "service": "${parameters.service?json_string}",
  "ddtags": "event_type:${input.event_type?replace("[^A-Za-z0-9_]+", "_", "r")?lower_case?json_string}",
  "hostname": "streamhub",
  "timestamp": ${millis?c},
  "message": "${input.event_type?json_string}",
  <#if input.user_id??>"usr": {"id": "${input.user_id?json_string}"},</#if>
  "event": {"id": "${input.uuid?json_string}"<#list {"properties": input.event_properties, "user_properties": input.user_properties, "groups": input.groups} as name, value><#if value?size != 0>, "${name}": ${UtilClass.toJsonString(value)}</#if></#list>}
}]
