"""What people read for an event's topic. (pure)"""

TOPIC_NAMES = {
    "event.track": "Events",
    "event.identify": "Identifies",
    "event.group": "Group identifies",
    "event.page": "Pages and screens",
    "event.alias": "Aliases and merges",
    "experiment.exposure": "Experiment exposures",
    "cohort.computed": "Computed cohorts",
    "annotation.created": "New annotations",
    "annotation.updated": "Changed annotations",
    "monitor.alert": "Monitor alerts",
    "cohort.update": "Members who enter or leave a cohort",
}
