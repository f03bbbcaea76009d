from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import sqlite_functions
        from cohorts.filter_names import names_of
        from cohorts.sample_batches import MemberBatches
        from delivery.monitors import cohort_names
        from destinations import sample_batches

        sqlite_functions.connect()
        sample_batches.use(MemberBatches())
        cohort_names.tell_by(names_of)
