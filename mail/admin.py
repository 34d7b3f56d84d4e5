"""What the operator sees of the outbox: everything but secrets, nothing to edit, one thing to do."""

from pathlib import Path
from typing import Any, override

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template import Engine
from django.utils.translation import ngettext

from mail.models import Message, Pause, Suppression
from mail.outbox import requeue, ways_again
from territories import clock

SUBJECT = ".subject.txt"
BODY = ("context", "subject", "text", "html", "calendar")
NOTHING_TO_SEND = (
    "Aucun message remis en file\u00a0: choisissez des messages en échec, revenus ou non envoyés parce que leur "
    "adresse était écartée, non secrets, et qui ont encore un objet. Ce que disaient les plus anciens est effacé."
)
# What becomes of what is chosen to be sent again: of one message, of several.
QUEUED = ("%(count)d message remis en file.", "%(count)d messages remis en file.")
SILENT = (
    "%(count)d message reste\u00a0: son adresse est écartée. Retirez-la des adresses écartées, puis renvoyez-le.",
    "%(count)d messages restent\u00a0: leur adresse est écartée. Retirez-la des adresses écartées, puis renvoyez-les.",
)
WITHOUT_READER = (
    "%(count)d message reste\u00a0: la personne à qui il s’adressait n’a plus de compte ni d’adresse vérifiée.",
    "%(count)d messages restent\u00a0: les personnes concernées n’ont plus de compte ni d’adresse vérifiée.",
)


class ForOperators:
    """Whoever runs the portal may open these pages: the role is the right, there are no others to give out."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._operates(request)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return self._operates(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._operates(request)

    def has_change_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return self._operates(request)

    def has_delete_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return self._operates(request)

    def _operates(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff


@admin.register(Message)
class MessageAdmin(ForOperators, admin.ModelAdmin[Message]):
    """The outbox as a list, filtered by what became of it; what failed, came back or was kept can be sent again."""

    list_display = ("state", "outcome", "key", "template", "to_email", "due_at", "attempts", "last_error")
    list_display_links = ("key",)
    list_filter = ("state", "outcome", "template")
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
    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """The row is what keeps a thing from being told twice."""
        return False

    @override
    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> list[Any]:
        """All columns; of a secret message, none that could tell the secret."""
        names = [field.name for field in self.opts.concrete_fields]
        return [name for name in names if not (obj and obj.secret and name in BODY)]

    @admin.action(description="Renvoyer ce qui a échoué, est revenu ou attendait son adresse", permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        now, chosen = clock.now(), list(queryset.values_list("pk", flat=True))
        left = ways_again(chosen, now=now)
        count = requeue(chosen, now=now)
        said = [(count, QUEUED, messages.SUCCESS), (left.silent, SILENT, messages.WARNING)]
        said.append((left.gone, WITHOUT_READER, messages.WARNING))
        for number, (one, several), level in said:
            if number:
                self.message_user(request, ngettext(one, several, number) % {"count": number}, level)
        if not any(number for number, _, _ in said):
            self.message_user(request, NOTHING_TO_SEND, messages.WARNING)


@admin.register(Pause)
class PauseAdmin(ForOperators, admin.ModelAdmin[Pause]):
    """Hold back all mail, or one kind; taking the pause away lets what waits leave."""

    list_display = ("__str__", "reason", "created_at")

    @override
    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One of the kinds that there are."""
        if db_field.name == "template":
            return forms.ChoiceField(label="Modèle", choices=[("", "Tous les courriels"), *_kinds()], required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Pause | None = None) -> bool:
        return False

    @override
    def save_model(self, request: HttpRequest, obj: Pause, form: Any, change: bool) -> None:
        obj.created_at = clock.now()
        super().save_model(request, obj, form, change)


def _kinds() -> list[tuple[str, str]]:
    """Every kind of mail, by the name of its template."""
    folders = {Path(folder) / "mail" for folder in Engine.get_default().dirs}
    names = sorted(file.name.removesuffix(SUBJECT) for folder in folders for file in folder.glob(f"*{SUBJECT}"))
    return [(name, name) for name in names]


@admin.register(Suppression)
class SuppressionAdmin(ForOperators, admin.ModelAdmin[Suppression]):
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
