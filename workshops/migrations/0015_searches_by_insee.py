from django.db import migrations

# Until now a bare code was an INSEE code there; five digits that people type are a postal code.
TELL = r"""
    UPDATE workshops_savedsearch
    SET query = regexp_replace(query, '(^|&)lieu=(\d{5}|2[AB]\d{3})(&|$)', '\1lieu=insee-\2\3')
"""
UNTELL = r"UPDATE workshops_savedsearch SET query = regexp_replace(query, '(^|&)lieu=insee-', '\1lieu=')"


class Migration(migrations.Migration):
    dependencies = [("workshops", "0014_waiting_is_certified")]

    operations = [migrations.RunSQL(TELL, UNTELL)]
