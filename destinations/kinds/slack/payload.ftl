<#-- Slack reads &, < and > as markup: <!channel> in an event's name would alert everybody. -->
<#function safe text><#return text?replace("&", "&amp;")?replace("<", "&lt;")?replace(">", "&gt;")></#function>
<#function shown value><#return value?is_string?then(value, UtilClass.toJsonString(value))></#function>
<#assign text>
*${safe(input.event_type)}* by ${safe(input.user_id!input.device_id!"somebody")}<#t>
<#list mappedProperties as name, value>${"\n"}• ${safe(name)}: ${safe(shown(value)[0..*500])}</#list><#t>
</#assign>
{"text": "${text[0..*4000]?json_string}", "unfurl_links": false}
