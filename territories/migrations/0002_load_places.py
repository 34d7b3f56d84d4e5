"""Fill the three tables from the data files, whose columns bear the names of the tables' columns."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from territories import derivation

TABLES = {
    "Region": ("regions.csv", derivation.REGION_COLUMNS),
    "Departement": ("departements.csv", derivation.DEPARTEMENT_COLUMNS),
    "Commune": ("communes.csv.gz", derivation.COMMUNE_COLUMNS),
}


def load_places(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the rows, or bring those that are there up to date: going back leaves them, other rows need them."""
    quote = schema_editor.quote_name
    with schema_editor.connection.cursor() as cursor:
        for model, (file, columns) in TABLES.items():
            table = quote(apps.get_model("territories", model)._meta.db_table)  # noqa: SLF001  # Django's own name
            listed = ", ".join(map(quote, columns))
            renewed = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in columns[1:])
            cursor.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
            with cursor.copy(f"COPY incoming ({listed}) FROM STDIN (FORMAT csv, HEADER match)") as copy:
                copy.write(derivation.content(derivation.DATA / file))
            cursor.execute(
                f"INSERT INTO {table} ({listed}) SELECT {listed} FROM incoming"  # noqa: S608  # names of our own columns
                f" ON CONFLICT (code) DO UPDATE SET {renewed}"
            )
            cursor.execute("DROP TABLE incoming")
            cursor.execute(f"ANALYZE {table}")


class Migration(migrations.Migration):
    dependencies = [("territories", "0001_tables")]

    operations = [migrations.RunPython(load_places, migrations.RunPython.noop)]
