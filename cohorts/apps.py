from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import sqlite_functions
        from cohorts.sample_batches import MemberBatches
        from destinations import sample_batches

        sqlite_functions.connect()
        sample_batches.use(MemberBatches())
