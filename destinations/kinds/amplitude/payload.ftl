<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
{
  "api_key": "${parameters.api_key?json_string}",
  "events": [{
    "event_type": "${input.event_type?json_string}",
    <#if input.user_id??>"user_id": "${input.user_id?json_string}",</#if>
    <#if input.device_id??>"device_id": "${input.device_id?json_string}",</#if>
    "time": ${millis?c},
    "insert_id": "${(input.$insert_id!input.uuid)?json_string}",
    "session_id": ${input.session_id?c},
    <#if input.platform??>"platform": "${input.platform?json_string}",</#if>
    <#if input.ip_address??>"ip": "${input.ip_address?json_string}",</#if>
    "event_properties": ${UtilClass.toJsonString(input.event_properties)},
    "user_properties": ${UtilClass.toJsonString(input.user_properties)},
    "groups": ${UtilClass.toJsonString(input.groups)}
  }]
}
