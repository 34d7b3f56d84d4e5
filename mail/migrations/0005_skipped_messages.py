from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_alerts_of_searches")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(name="message_skipped", fields=["skipped_at"], condition=models.Q(("state", "skipped"))),
        ),
    ]
