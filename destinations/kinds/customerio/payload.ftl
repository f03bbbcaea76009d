<#assign millis = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
<#-- These keys would replace the addresses of the e-mails that the event starts. -->
<#assign kept = []><#list mappedProperties as name, value><#if !["recipient", "from_address", "reply_to"]?seq_contains(name)><#assign kept = kept + [name]></#if></#list>
{
  "type": "person",
  "action": "event",
  "identifiers": {"${parameters.id_type?json_string}": "${mappedFields.person?string?json_string}"},
  "name": "${input.event_type?trim?json_string}",
  "timestamp": ${(millis / 1000)?floor?c},
  "attributes": {<#list kept as name>"${name?json_string}": ${UtilClass.toJsonString(mappedProperties[name])}<#sep>, </#list>}
}
