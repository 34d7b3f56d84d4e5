"""What the operator sees of the outbox: everything but secrets, nothing to edit, one thing to do."""

from typing import Any, override

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from mail.models import Message, Suppression
from mail.outbox import requeue
from territories import clock

BODY = ("context", "subject", "text", "html", "calendar")


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin[Message]):
    """The outbox as a list, filtered by state; a failed message can be sent again."""

    list_display = ("state", "key", "template", "to_email", "due_at", "attempts", "last_error")
    list_display_links = ("key",)
    list_filter = ("state", "template")
    search_fields = ("key", "to_email")
    show_full_result_count = False
    actions = ("send_again",)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    @override
    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> list[Any]:
        """All columns; of a secret message, none that could tell the secret."""
        names = [field.name for field in self.opts.concrete_fields]
        return [name for name in names if not (obj and obj.secret and name in BODY)]

    @admin.action(description="Renvoyer les messages en échec", permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = requeue(queryset.values_list("pk", flat=True), now=clock.now())
        if count:
            text = ngettext("%(count)d message remis en file.", "%(count)d messages remis en file.", count)
            self.message_user(request, text % {"count": count}, messages.SUCCESS)
        else:
            self.message_user(
                request,
                "Aucun message remis en file : choisissez des messages en échec et non secrets.",
                messages.WARNING,
            )


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin[Suppression]):
    """Addresses we no longer write to; removing one allows mail again."""

    list_display = ("address", "reason", "created_at")
    search_fields = ("address",)
    show_full_result_count = False

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False
