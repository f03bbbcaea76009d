{"attributes": [<#list identifiers as id>{"external_id": "${id?json_string}", "_update_existing_only": true, "${parameters.attribute?json_string}": ${input.in_cohort?c}}<#sep>,</#list>]}
