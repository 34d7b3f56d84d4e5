"""A list of a request is no longer than the words, or the days, that it may hold: what was there twice is there once."""

from django.db import migrations, models

LENGTHS = {"audiences": 13, "best_weekdays": 7, "languages": 13, "periods": 3, "topics": 19, "weekdays": 7}
ONCE = ", ".join(f"{name} = ARRAY(SELECT DISTINCT unnest({name}))" for name in LENGTHS)
LONG = " OR ".join(f"cardinality({name}) > {most}" for name, most in LENGTHS.items())


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0005_dates_are_plausible"),
    ]

    operations = [
        migrations.RunSQL(
            f"UPDATE associations_request SET {ONCE} WHERE {LONG}; SET CONSTRAINTS ALL IMMEDIATE;",  # noqa: S608  # words of our own
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(*((f"{name}__len__lte", most) for name, most in LENGTHS.items())),
                name="request_lists_short",
            ),
        ),
    ]
