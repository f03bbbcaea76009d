"""The table of profiles, as the road reads and writes it."""

from events.models import Profile
from events.property_rows import PropertyRows, Texts

# Key (identity,) -> (properties, groups, cohorts, merged into).
Stored = dict[Texts, Texts]

PROFILES = PropertyRows(
    Profile, ("identity",), ("properties", "groups"), ("created_at", "updated_at"), ("cohorts", "merged_into")
)
