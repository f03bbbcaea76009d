import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0006_keep_an_answer_per_try"),
        ("destinations", "0007_sending"),
    ]
    operations = [
        migrations.CreateModel(
            name="LaneHealth",
            fields=[
                (
                    "destination",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lane_health",
                        serialize=False,
                        to="destinations.destination",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("level_since", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("held_since", models.DateTimeField(null=True)),
                ("probes", models.PositiveIntegerField(default=0)),
                ("next_probe_at", models.DateTimeField(null=True)),
                ("counted_from", models.DateTimeField(null=True)),
                ("good_before", models.IntegerField(default=0)),
                ("bad_before", models.IntegerField(default=0)),
            ],
            options={"verbose_name_plural": "lane health"},
        ),
        migrations.AddField(
            model_name="delivery",
            name="order_key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("order_key__isnull", False), ("state__in", ["queued", "retrying"])),
                fields=["destination", "order_key", "event"],
                name="deliveries_in_order",
            ),
        ),
    ]
