{
  "channel": "server",
  "messageId": "${input.uuid?json_string}",
  "type": "track",
  "event": "${input.event_type?json_string}",
  <#if input.user_id??>"userId": "${input.user_id?json_string}",</#if>
  <#if input.device_id??>"anonymousId": "${input.device_id?json_string}",</#if>
  "timestamp": "${input.event_time?replace(" ", "T")}Z",
  "properties": ${UtilClass.toJsonString(mappedProperties)},
  "context": {<#if input.ip_address??>"ip": "${input.ip_address?json_string}", </#if>"library": {"name": "streamhub", "version": "1"}}
}
