<#-- HubSpot takes every value as text, and lists joined by semicolons. -->
<#function shown value><#if value?is_string><#return value></#if><#if value?is_sequence><#return value?map(one -> shown(one))?join(";")></#if><#return UtilClass.toJsonString(value)></#function>
<#assign email = mappedFields.email?trim?lower_case>
{"inputs": [{
  "id": "${email?json_string}",
  "idProperty": "email",
  "properties": {"email": "${email?json_string}"<#list mappedProperties as name, value><#if name != "email">, "${name?json_string}": "${shown(value)?json_string}"</#if></#list>}
}]}
