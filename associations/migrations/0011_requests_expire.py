from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0010_submitted_and_former"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="expires_at",
            field=models.DateTimeField(
                editable=False, help_text="sauf si l’association dit qu’elle cherche toujours", null=True
            ),
        ),
        # Who posted before hears of it first.
        migrations.RunSQL(
            "UPDATE associations_request SET expires_at = now() + interval '60 days'; SET CONSTRAINTS ALL IMMEDIATE;",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="request",
            name="expires_at",
            field=models.DateTimeField(editable=False, help_text="sauf si l’association dit qu’elle cherche toujours"),
        ),
    ]
