<#-- What the event is: announcements and exposures say it themselves. -->
<#assign type = input.type!((input.event_type == "$identify")?then("event.identify", "event.track"))>
<#assign time = input.event_time?datetime("yyyy-MM-dd HH:mm:ss.SSS")?long>
<#-- The given fields of the event that are filled. -->
<#function filled names start>
  <#local found = start>
  <#list names as name><#if input[name]??><#local found = found + {name: input[name]}></#if></#list>
  <#return found>
</#function>
<#assign properties = input.event_properties>
<#assign data = {"type": type}>
<#switch type>
  <#case "event.track">
    <#assign data = filled(["user_id", "device_id", "event_properties", "user_properties", "groups", "platform"],
                           data + {"event_id": input.uuid, "event_type": input.event_type, "time": time})>
    <#if input.session_id gte 0><#assign data = data + {"session_id": input.session_id}></#if>
    <#break>
  <#case "event.identify">
    <#assign data = filled(["user_id", "device_id", "user_properties", "groups", "platform"],
                           data + {"event_id": input.uuid, "time": time})>
    <#break>
  <#case "experiment.exposure">
    <#assign user = filled(["user_id", "device_id", "country", "city", "region", "language", "platform", "user_properties"], {})>
    <#if input.os_name??><#assign user = user + {"os": input.os_name}></#if>
    <#assign data = filled(["user_id", "device_id"], data + {
      "flag_key": properties["[Experiment] Flag Key"], "variant": properties["[Experiment] Variant"]!"",
      "time": time, "user": user, "event_id": input.uuid})>
    <#if properties["[Experiment] Experiment Key"]??>
      <#assign data = data + {"experiment_key": properties["[Experiment] Experiment Key"]}>
    </#if>
    <#if properties.metadata??><#assign data = data + {"metadata": properties.metadata}></#if>
    <#break>
  <#default>
    <#assign data = data + properties + {"type": type}>
    <#if type?starts_with("annotation.")>
      <#assign data = data + {"id": properties.annotation_id, "description": properties.details!""}>
    </#if>
</#switch>
<#if type?starts_with("event.")>
  <#if input.version_name??><#assign data = data + {"app_version": input.version_name}></#if>
  <#if input.$insert_id??><#assign data = data + {"insert_id": input.$insert_id}></#if>
</#if>
{
  "type": "${type}",
  "created_at": "${(input.server_received_time!input.event_time)?replace(" ", "T")}Z",
  "data": ${UtilClass.toJsonString(data)}
}
