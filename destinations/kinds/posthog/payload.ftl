{
  "api_key": "${parameters.api_key?json_string}",
  "batch": [{
    "uuid": "${input.uuid?json_string}",
    "event": "${input.event_type?json_string}",
    "distinct_id": "${(mappedFields.distinct_id!input.user_id!input.device_id)?json_string}",
    "timestamp": "${input.event_time?replace(" ", "T")}Z",
    "properties": {
      <#if input.ip_address??>"$ip": "${input.ip_address?json_string}"<#else>"$geoip_disable": true</#if>,
      "$lib": "streamhub"<#list mappedProperties as name, value>, "${name?json_string}": ${UtilClass.toJsonString(value)}</#list>
    }
  }]
}
