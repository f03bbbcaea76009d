<#function shown value><#return value?is_string?then(value, UtilClass.toJsonString(value))></#function>
{"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": {
  "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": [
    {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": true, "text": "${input.event_type?json_string}"},
    {"type": "FactSet", "facts": [
      {"title": "User", "value": "${(input.user_id!input.device_id!"somebody")?json_string}"}<#list mappedProperties as name, value>,
      {"title": "${name?json_string}", "value": "${shown(value)[0..*500]?json_string}"}</#list>
    ]}
  ]
}}]}
