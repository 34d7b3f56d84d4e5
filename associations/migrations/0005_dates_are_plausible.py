"""A request lies within the days on which an evening may be: those before and after are brought to the first, the last."""

import datetime as dt

from django.db import migrations, models

BROUGHT_WITHIN = """
    UPDATE associations_request SET
    from_date = least(greatest(from_date, '2015-01-01'), '2100-12-31'),
    until_date = least(greatest(until_date, '2015-01-01'), '2100-12-31')
    WHERE from_date < '2015-01-01' OR until_date > '2100-12-31';
    SET CONSTRAINTS ALL IMMEDIATE;
"""
DAYS = (dt.date(2015, 1, 1), dt.date(2100, 12, 31))


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0004_where_and_when_it_suits"),
    ]

    operations = [
        migrations.RunSQL(BROUGHT_WITHIN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_date__range", DAYS), ("until_date__range", DAYS)),
                name="request_dates_plausible",
            ),
        ),
    ]
