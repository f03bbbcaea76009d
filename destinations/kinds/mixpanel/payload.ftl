<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
[{
  "event": "${input.event_type?json_string}",
  "properties": {
    "time": ${millis?c},
    "distinct_id": "${(input.user_id!input.device_id!"")?json_string}",
    <#if input.user_id??>"$user_id": "${input.user_id?json_string}",</#if>
    <#if input.device_id??>"$device_id": "${input.device_id?json_string}",</#if>
    "$insert_id": "${input.uuid?json_string}",
    <#-- Without it Mixpanel would locate the hub itself. -->
    "ip": "${(input.ip_address!"0")?json_string}"<#list mappedProperties as name, value>, "${name?json_string}": ${UtilClass.toJsonString(value)}</#list>
  }
}]
