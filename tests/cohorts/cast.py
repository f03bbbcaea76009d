"""A cohort with a sync and its first run, for tests that open every page of a project."""

from cohorts.models import Cohort, Computation, Kind, Run, Sync
from destinations import specification
from events.models import Project

DEFINITION = {
    "match": "all",
    "conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}],
}


def cast(project: Project) -> Run:
    """The project's, made when it is first asked for."""
    if run := Run.objects.filter(sync__cohort__project=project).first():
        return run
    given = {"name": "Audience", "kind": "cohort-webhook", "url": "http://127.0.0.1:8009/cohort", "enabled": True}
    destination = project.destinations.first() or specification.save(project, given)[0]
    cohort = Cohort.objects.create(project=project, name="Paying", kind=Kind.DEFINED, definition=DEFINITION)
    Computation.objects.create(cohort=cohort, cause="by hand", state=Computation.State.DONE)
    sync = Sync.objects.create(cohort=cohort, destination=destination)
    return Run.objects.create(sync=sync, number=1, cause="by hand", state=Run.State.DELIVERED)
