<#function shown value><#return value?is_string?then(value, UtilClass.toJsonString(value))></#function>
<#assign text>
**${input.event_type}** by ${input.user_id!input.device_id!"somebody"}<#t>
<#list mappedProperties as name, value>${"\n"}${name}: ${shown(value)}</#list><#t>
</#assign>
{"content": "${text[0..*2000]?json_string}", "allowed_mentions": {"parse": []}}
