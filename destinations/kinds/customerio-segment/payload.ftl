{"ids": ${UtilClass.toJsonString(identifiers)}}
