"""What the tabs of a destination share: finding it, and saving one part of its specification."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.models import User
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from destinations.models import Destination
from destinations.specification import InvalidDestination, Specification, describe, save
from events.checking import Problem
from events.webforms import HubForm


def destination_of(project: str, pk: int) -> Destination:
    return get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem as the note above the form lists it. `anchor`: the id of what to mend."""

    anchor: str
    label: str
    message: str


class TabForm(HubForm):
    """Fields in, some keys of the specification out; the others stay as they are stored. Every rule is the
    specification's: problems come back with dotted paths and are shown at the fields they belong to."""

    # Paths of the specification whose field here has another name.
    FIELD_OF: ClassVar[dict[str, str]] = {}

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        self.destination = destination
        super().__init__(data, initial=self.stored())

    def stored(self) -> dict[str, object]:
        """The fields' values as the destination has them."""
        return {}

    def changes(self) -> Specification:
        """The keys of the specification that this form sets; called once the form is valid."""
        return {}

    def save(self, by: User | None = None) -> bool:
        """Whether it was saved; otherwise the form says what to mend, and nothing was."""
        readable = self.is_valid()
        try:
            if readable:
                save(self.destination.project, describe(self.destination) | self.changes(), self.destination, by)
        except InvalidDestination as error:
            for problem in error.problems:
                self.show(problem)
        return not self.problems

    def show(self, problem: Problem) -> None:
        name = self.FIELD_OF.get(problem.field, problem.field)
        # A template's error goes on with the quoted line; here its first line is enough.
        self.add_error(name if name in self.fields else None, problem.message.partition("\n")[0])

    @property
    def problems(self) -> list[Shown]:
        """Everything that is wrong, in the page's order."""
        return [Shown("", "", str(message)) for message in self.non_field_errors()] + list(self.field_problems())

    def field_problems(self) -> Iterator[Shown]:
        for field in self:
            for message in field.errors:
                yield Shown(field.id_for_label or field.auto_id, str(field.label), str(message))
