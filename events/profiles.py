def bring_up_to_date(project, fresh, received_at):
    """Filled in by its own change."""
