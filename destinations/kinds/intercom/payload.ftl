<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
<#-- Metadata is flat: lists and objects stay out, and only ten keys count. -->
<#assign kept = []><#list mappedProperties as name, value><#if kept?size < 10 && (value?is_string || value?is_number || value?is_boolean)><#assign kept = kept + [name]></#if></#list>
{
  "event_name": "${input.event_type?replace("[.$]", "-", "r")?json_string}",
  "created_at": ${(millis / 1000)?floor?c},
  <#if mappedFields.user_id??>"user_id": "${mappedFields.user_id?string?json_string}",</#if>
  <#if mappedFields.email??>"email": "${mappedFields.email?json_string}",</#if>
  "metadata": {<#list kept as name><#assign value = mappedProperties[name]>"${name?json_string}": <#if value?is_boolean>"${value?c}"<#else>${UtilClass.toJsonString(value)}</#if><#sep>, </#list>}
}
