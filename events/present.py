"""What is being removed is hidden at once, wherever rows are asked for; its own rows go later, in small steps."""

from django.db import models


class PresentManager(models.Manager):
    """Of a model with `removed_at`: without the rows that are being removed."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(removed_at=None)
