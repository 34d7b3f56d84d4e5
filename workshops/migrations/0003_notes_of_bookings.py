"""A note is of the booking at whose time it was written: a workshop that moves on does not take it along."""

import django.db.models.deletion
from django.db import migrations, models

# From the booking where the workshop is now, back along its moves to the one that stood when the note was written.
OF_BOOKINGS = """
UPDATE workshops_workshopnote AS n SET booking_id = w.booking_id
FROM workshops_workshop AS w WHERE w.id = n.workshop_id;
DO $$ BEGIN LOOP
    UPDATE workshops_workshopnote AS n SET booking_id = b.moved_from_id
    FROM workshops_booking AS b
    WHERE b.id = n.booking_id AND b.moved_from_id IS NOT NULL AND n.created_at < b.settled_at;
    EXIT WHEN NOT FOUND;
END LOOP; END $$;
"""
OF_WORKSHOPS = """
UPDATE workshops_workshopnote AS n SET workshop_id = w.id
FROM workshops_booking AS written, workshops_booking AS b, workshops_workshop AS w
WHERE written.id = n.booking_id AND w.booking_id = b.id
AND coalesce(b.event_of_id, b.id) = coalesce(written.event_of_id, written.id);
"""


class Migration(migrations.Migration):
    dependencies = [("workshops", "0002_bonds")]

    operations = [
        migrations.AddField(
            "workshopnote",
            "booking",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workshops.booking"
            ),
        ),
        migrations.AlterField(
            "workshopnote",
            "workshop",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="workshops.workshop"
            ),
        ),
        migrations.RunSQL(OF_BOOKINGS, OF_WORKSHOPS),
        migrations.AlterField(
            "workshopnote",
            "booking",
            models.ForeignKey(
                help_text="celle du jour où c’est écrit",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workshops.booking",
            ),
        ),
        migrations.RemoveField("workshopnote", "workshop"),
    ]
