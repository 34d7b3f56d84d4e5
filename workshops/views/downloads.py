"""Tables to be kept as files."""

from django.http import HttpResponse


def downloaded(table: str, name: str) -> HttpResponse:
    """What `workshops.spreadsheets` has written, as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=headers)
