"""The geographic code is data shipped with the portal: read here, changed by migrations."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from territories.models import Commune, Departement

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]  # generic for the type checker only
else:
    _ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(_ModelAdmin):
    def has_add_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        return False


@admin.register(Departement)
class DepartementAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "region", "population", "time_zone")
    list_filter = ("region",)
    list_select_related = ("region",)


@admin.register(Commune)
class CommuneAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "departement", "kind", "population", "time_zone")
    list_filter = ("kind", "time_zone")
    list_select_related = ("departement",)
    search_fields = ("search_name",)

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Commune], search_term: str
    ) -> tuple[QuerySet[Commune], bool]:
        return (queryset & Commune.objects.search(search_term) if search_term else queryset), False
