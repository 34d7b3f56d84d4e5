from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0008_threads"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="message",
            name="message_turns",
        ),
        migrations.AlterField(
            model_name="preferences",
            name="volunteering",
            field=models.CharField(
                choices=[
                    ("instant", "Tout de suite"),
                    ("daily", "Une fois par jour au plus"),
                    ("weekly", "Une fois par semaine au plus"),
                    ("never", "Jamais"),
                ],
                default="instant",
                max_length=10,
                verbose_name="Ateliers qui cherchent des bénévoles, collègues qui cherchent un remplaçant",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["on_behalf_of", "priority", "turn_at"],
                include=("next_attempt_at",),
                name="message_turns",
            ),
        ),
    ]
