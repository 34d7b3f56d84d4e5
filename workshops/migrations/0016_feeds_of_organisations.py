import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0012_audit_of_expiry"),
        ("companies", "0023_slots_count_their_moves"),
        ("workshops", "0015_reports_by_volunteer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="calendarfeed",
            name="feed_open_once",
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="association",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="associations.association"
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="company",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("user", "site", "company", "association"),
                name="feed_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("company__isnull", True), ("site__isnull", True)),
                    models.Q(("association__isnull", True), ("site__isnull", True)),
                    models.Q(("association__isnull", True), ("company__isnull", True)),
                    _connector="OR",
                ),
                name="feed_of_one_thing",
            ),
        ),
    ]
