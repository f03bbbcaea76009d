<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
<#function shown value><#return value?is_string?then(value, UtilClass.toJsonString(value))></#function>
{"events": [{
  "eventName": "${input.event_type?replace("[\\\\\\[\\]{}<>#=;&$%|]", "", "r")?trim[0..*64]?json_string}",
  "time": ${millis?c},
  <#if mappedFields.value??>"value": ${UtilClass.toJsonString(mappedFields.value)},</#if>
  "user": {"userID": "${mappedFields.userID?string?json_string}"<#if mappedFields.stableID??>, "customIDs": {"stableID": "${mappedFields.stableID?string?json_string}"}</#if>},
  "metadata": {<#list mappedProperties as name, value>"${name?json_string}": "${shown(value)?json_string}"<#sep>, </#list>}
}]}
