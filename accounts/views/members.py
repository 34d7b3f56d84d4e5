"""Pages about the members of an organisation, the same for companies and associations.

Each app makes its own set: `pages = MemberPages(Company, remove=…)`, and puts `pages.urls()` into its addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import members as actions
from accounts.forms import AnswerForm, InviteForm, JoinForm, RoleForm, VolunteerLinkForm
from accounts.identity import signed_in
from accounts.invitations import invitation_number, invitation_path, joinable_number
from accounts.models import Invitation, Membership, Organisation, Role
from accounts.permissions import may_decide_on_members, role_of, roles_to_invite
from accounts.pictures import qr_code
from accounts.refusals import Refused
from territories import clock
from territories.wording import of

View = Callable[..., HttpResponse]


class Remove(Protocol):
    """How a kind of organisation takes a member out, and what else it closes to them."""

    def __call__(self, *, organisation: Any, member: Any, by: Any, now: Any) -> None: ...


class MemberPages:
    """The views of one kind of organisation."""

    def __init__(
        self,
        kind: type[Organisation],
        invitations: type[Invitation],
        *,
        remove: Remove = actions.remove_member,
        link: bool = False,
    ) -> None:
        self.kind = kind
        self.invitations = invitations
        self.space = kind.SPACE
        self.remove = remove
        self.link = link  # whether volunteers may come in by a link

    def urls(self) -> list[URLPattern]:
        """To be put first among the app's addresses."""
        routes: list[tuple[str, View, str]] = [
            (
                "invitation/<str:token>/",
                login_not_required(require_http_methods(["GET", "HEAD", "POST"])(self.invitation)),
                "invitation",
            ),
            ("rejoindre/<str:token>/", require_http_methods(["GET", "HEAD", "POST"])(self.join), "join"),
            ("<slug:slug>/membres/", require_safe(self.members), "members"),
            ("<slug:slug>/membres/inviter/", require_POST(self.invite), "member_invite"),
            ("<slug:slug>/membres/confirmer/", require_POST(self.confirm), "members_confirm"),
            ("<slug:slug>/membres/<int:member_id>/role/", require_POST(self.change_role), "member_role"),
            ("<slug:slug>/membres/<int:member_id>/passer-la-main/", require_POST(self.hand_over), "member_hand_over"),
            ("<slug:slug>/membres/<int:member_id>/retirer/", require_POST(self.take_out), "member_remove"),
            ("<slug:slug>/invitations/<int:invitation_id>/retirer/", require_POST(self.revoke), "invitation_revoke"),
            ("<slug:slug>/entrees/<int:asked_id>/repondre/", require_POST(self.answer), "join_answer"),
        ]
        if self.link:
            routes.append(("<slug:slug>/membres/lien/", require_POST(self.open_link), "volunteer_link"))
        return [path(route, view, name=name) for route, view, name in routes]

    # --- the list -------------------------------------------------------------------------------

    def members(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Who belongs here, who is invited, who asks."""
        organisation, me = self._own(request, slug)
        return self._page(request, organisation, me)

    def _own(self, request: HttpRequest, slug: str) -> tuple[Organisation, Membership]:
        """The organisation of this page and the visitor's place in it; who only volunteers, or is nobody, gets 404."""
        user = signed_in(request)
        organisation: Organisation = get_object_or_404(
            self.kind.objects.managed_by(user).select_related("commune"), slug=slug
        )
        return organisation, organisation.members().select_related("user").get(user=user)

    def _owned(self, request: HttpRequest, slug: str) -> tuple[Organisation, Membership]:
        organisation, me = self._own(request, slug)
        if not may_decide_on_members(role_of(me.user, organisation)):
            raise Http404
        return organisation, me

    def _page(
        self, request: HttpRequest, organisation: Organisation, me: Membership, *, status: int = 200, **forms: Any
    ) -> HttpResponse:
        now, role = clock.now(), role_of(me.user, organisation)
        invitations = organisation.invitations_sent().open(now).select_related("created_by")
        decides = may_decide_on_members(role)
        link = invitations.filter(email="").first()
        context: dict[str, Any] = {
            "organisation": organisation,
            "space": self.space,
            "kind": self.kind._meta.model_name,  # noqa: SLF001
            "roles": Role.choices,
            "me": me,
            "decides": decides,
            "members": organisation.members().select_related("user").order_by("joined_at", "pk"),
            "invitations": invitations.exclude(email=""),
            "join_requests": organisation.join_requests_received().filter(state="pending").select_related("user")
            if decides
            else [],
            "confirm_due": decides and self.kind.objects.unconfirmed(now).filter(pk=organisation.pk).exists(),
            "invite_form": InviteForm(roles=roles_to_invite(role)),
            "role_form": RoleForm(),
            "link": link,
            "link_form": VolunteerLinkForm(initial={"domains": ", ".join(link.domains) if link else ""})
            if self.link
            else None,
            **forms,
        }
        if link:
            address = request.build_absolute_uri(invitation_path(organisation, link))
            context |= {"link_address": address, "link_code": qr_code(address)}
        return render(request, "accounts/member_list.html", context, status=status)

    def _done(
        self, request: HttpRequest, organisation: Organisation, action: Callable[[], object], said: str
    ) -> HttpResponse:
        """Make the one call, and say how it went on the page of members."""
        try:
            action()
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect(f"{self.space}:members", organisation.slug)

    # --- inviting -------------------------------------------------------------------------------

    def invite(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Invite one address."""
        organisation, me = self._own(request, slug)
        form = InviteForm(request.POST, roles=roles_to_invite(role_of(me.user, organisation)))
        if form.is_valid():
            try:
                actions.invite_member(organisation=organisation, by=me.user, now=clock.now(), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                messages.success(request, f"L’invitation part à {form.cleaned_data['email']}. Elle vaut 14 jours.")
                return redirect(f"{self.space}:members", organisation.slug)
        return self._page(request, organisation, me, invite_form=form, status=422)

    def open_link(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Make the link, and its code to print, by which volunteers come in."""
        organisation, me = self._own(request, slug)
        form = VolunteerLinkForm(request.POST)
        if form.is_valid():
            try:
                actions.open_volunteer_link(organisation=organisation, by=me.user, now=clock.now(), **form.cleaned_data)
            except Refused as refusal:
                form.add_error("domains", str(refusal))
            else:
                messages.success(request, "Le lien est prêt\u00a0: affichez-le ou envoyez-le. Il vaut 14 jours.")
                return redirect(f"{self.space}:members", organisation.slug)
        return self._page(request, organisation, me, link_form=form, status=422)

    def revoke(self, request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
        organisation, me = self._own(request, slug)
        invitation = get_object_or_404(organisation.invitations_sent(), pk=invitation_id)
        return self._done(
            request,
            organisation,
            lambda: actions.revoke_invitation(
                organisation=organisation, invitation=invitation, by=me.user, now=clock.now()
            ),
            "L’invitation est retirée.",
        )

    def invitation(self, request: HttpRequest, token: str) -> HttpResponse:
        """What the link of an invitation opens. Following it changes nothing: a button does."""
        number = invitation_number(self.space, token)
        invitation = get_object_or_404(self.invitations, pk=number)
        organisation = invitation.organisation
        context = {
            "invitation": invitation,
            "organisation": organisation,
            "open": self.invitations.objects.open(clock.now()).filter(pk=number).exists(),
        }
        if request.method == "POST" and request.user.is_authenticated:
            try:
                actions.accept_invitation(
                    organisation=organisation, invitation=invitation, by=signed_in(request), now=clock.now()
                )
            except Refused as refusal:
                return render(request, "accounts/invitation.html", context | {"refusal": str(refusal)}, status=409)
            messages.success(request, f"Bienvenue\u00a0! Vous êtes membre {of(organisation.name)}.")
            return redirect("dashboard")
        return render(request, "accounts/invitation.html", context)

    # --- roles ----------------------------------------------------------------------------------

    def change_role(self, request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
        organisation, me = self._owned(request, slug)
        member = get_object_or_404(organisation.members().select_related("user"), pk=member_id)
        form = RoleForm(request.POST)
        if not form.is_valid():
            return self._page(request, organisation, me, role_form=form, status=422)
        return self._done(
            request,
            organisation,
            lambda: actions.change_role(
                organisation=organisation, member=member, role=form.cleaned_data["role"], by=me.user, now=clock.now()
            ),
            f"{member.user} a changé de rôle.",
        )

    def hand_over(self, request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
        """Make somebody else answer for the organisation, in one's own place."""
        organisation, me = self._owned(request, slug)
        member = get_object_or_404(organisation.members().select_related("user").exclude(pk=me.pk), pk=member_id)
        return self._done(
            request,
            organisation,
            lambda: actions.hand_over(organisation=organisation, to=member, by=me.user, now=clock.now()),
            f"{member.user} répond désormais {of(organisation.name)}.",
        )

    def take_out(self, request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
        """Take somebody out, or leave."""
        user = signed_in(request)
        organisation: Organisation = get_object_or_404(self.kind.objects.of_member(user), slug=slug)
        member = get_object_or_404(organisation.members().select_related("user"), pk=member_id)
        if member.user != user and not may_decide_on_members(role_of(user, organisation)):
            raise Http404
        try:
            self.remove(organisation=organisation, member=member, by=user, now=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"Vous avez quitté {organisation.name}."
                if member.user == user
                else f"{member.user} n’est plus membre.",
            )
            if member.user == user:
                return redirect("dashboard")
        return redirect(f"{self.space}:members", organisation.slug)

    def confirm(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Note that the list was looked at and is right."""
        organisation, me = self._owned(request, slug)
        return self._done(
            request,
            organisation,
            lambda: actions.confirm_members(organisation=organisation, by=me.user, now=clock.now()),
            "Merci\u00a0! Nous vous le redemanderons dans un an.",
        )

    # --- joining --------------------------------------------------------------------------------

    def join(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask to be let into an organisation that stands here already."""
        organisation: Organisation = get_object_or_404(self.kind, pk=joinable_number(self.space, token))
        form = JoinForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                actions.ask_to_join(
                    organisation=organisation, by=signed_in(request), now=clock.now(), **form.cleaned_data
                )
            except Refused as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                messages.success(request, f"Votre demande est partie. {organisation.name} vous répond par courriel.")
                return redirect("dashboard")
        status = 422 if form.is_bound else 200
        return render(request, "accounts/join.html", {"organisation": organisation, "form": form}, status=status)

    def answer(self, request: HttpRequest, slug: str, asked_id: int) -> HttpResponse:
        """Let somebody in, or decline."""
        organisation, me = self._owned(request, slug)
        asked = get_object_or_404(organisation.join_requests_received().select_related("user"), pk=asked_id)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._page(request, organisation, me, status=422)
        role = None if "decline" in request.POST else form.cleaned_data["role"]
        return self._done(
            request,
            organisation,
            lambda: actions.answer_join_request(
                organisation=organisation, asked=asked, role=role, by=me.user, now=clock.now()
            ),
            f"{asked.user} est prévenu de votre réponse.",
        )
