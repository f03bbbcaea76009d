{"identifiers": ${UtilClass.toJsonString(identifiers)}}
