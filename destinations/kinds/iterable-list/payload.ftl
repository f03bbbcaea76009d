{
  "listId": ${parameters.list_id?c},
  <#if input.in_cohort>"updateExistingUsersOnly": true<#else>"channelUnsubscribe": false</#if>,
  "subscribers": [<#list identifiers as id>{<#if parameters.id_type == "email">"email": "${id?lower_case?json_string}"<#else>"userId": "${id?json_string}"</#if>}<#sep>,</#list>]
}
