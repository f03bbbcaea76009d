<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
<#function named text most><#local clean = text?replace("[^A-Za-z0-9_]+", "_", "r")?replace("^[^A-Za-z]+", "", "r")?lower_case><#return clean[0..*most]></#function>
<#-- Parameters are flat: lists and objects stay out, and 25 of them count. -->
<#assign kept = []><#list mappedProperties as name, value><#if kept?size < 23 && named(name, 40)?has_content && (value?is_string || value?is_number || value?is_boolean)><#assign kept = kept + [name]></#if></#list>
{
  "client_id": "${mappedFields.client_id?string?json_string}",
  <#if mappedFields.user_id??>"user_id": "${mappedFields.user_id?string?json_string}",</#if>
  "timestamp_micros": ${(millis * 1000)?c},
  "events": [{
    "name": "${named(input.event_type, 40)?has_content?then(named(input.event_type, 40), "event")}",
    "params": {
      <#if input.session_id != -1>"session_id": "${input.session_id?c}",</#if>
      "engagement_time_msec": 1<#list kept as name><#assign value = mappedProperties[name]>, "${named(name, 40)}": <#if value?is_boolean>"${value?c}"<#elseif value?is_number>${UtilClass.toJsonString(value)}<#else>"${value[0..*100]?json_string}"</#if></#list>
    }
  }]
}
