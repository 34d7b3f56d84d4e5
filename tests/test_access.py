"""Every address × every kind of visitor, against one table. An address that the table lacks fails.

Own objects only exist for the people of the world's company and association: for the rival, who owns another
company and another association, and for everybody else they do not exist (404).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from tests.addresses import names, signed_in_as

VISITORS = ("anonymous", "stranger", "volunteer", "rival", "company", "association", "moderator", "superuser")
# They act in the name of the organisation as its owner does, but where only who answers for it may.
MANAGERS = {"company manager": "company", "association manager": "association"}
OWNERS_ONLY = {
    "charter:sign",
    "charter:company_edit",
    "charter:withdraw",
    "associations:edit",
    "appeal",
    *(
        f"{space}:{name}"
        for space in ("companies", "associations")
        for name in ("member_role", "member_hand_over", "member_remove", "members_confirm", "join_answer")
    ),
}

OK, FORM, AWAY, GONE, POST_ONLY = 200, 422, 302, 404, 405


@dataclass(frozen=True)
class Rule:
    """What each visitor gets, in the order of VISITORS, from GET or, for addresses that only act, from POST."""

    answers: tuple[int, ...]
    method: str = "get"


def get(*answers: int) -> Rule:
    return Rule(answers)


def post(*answers: int) -> Rule:
    return Rule(answers, "post")


def replace(page: Rule, answer: int) -> Rule:
    """The same people as for a page, acting: who may gets `answer`."""
    return Rule(tuple(answer if given == OK else given for given in page.answers), "post")


PUBLIC = get(*[OK] * 8)
SIGNED_IN = get(AWAY, *[OK] * 7)
COMPANY = get(AWAY, GONE, GONE, GONE, OK, GONE, GONE, GONE)
ASSOCIATION = get(AWAY, GONE, GONE, GONE, GONE, OK, GONE, GONE)
MODERATION = get(AWAY, GONE, GONE, GONE, GONE, GONE, OK, OK)
OPERATION = get(AWAY, *[GONE] * 6, OK)
ENTRANCE = get(OK, *[AWAY] * 7)
STAGE = get(*[AWAY] * 8)
# Nobody here has a password or a second factor: there is none to show, and none to sign in again with.
NONE_YET = get(AWAY, *[GONE] * 7)
NO_SECRET = get(AWAY, *[403] * 7)

TABLE: dict[str, Rule] = {
    "home": PUBLIC,
    **dict.fromkeys(("robots", "sitemap", "share_card", "manifest", "icon", "worker"), PUBLIC),
    "offline": SIGNED_IN,
    **dict.fromkeys(
        ("for_companies", "for_associations", "for_volunteers", "help", "running_a_workshop", "site_map"), PUBLIC
    ),
    "workshops:sheets": PUBLIC,
    "workshops:sheet": PUBLIC,
    "workshops:slot_share_card": PUBLIC,
    "charter:share_card": PUBLIC,
    "workshops:search": PUBLIC,
    "workshops:search_counts": PUBLIC,
    "workshops:communes": PUBLIC,
    "workshops:nearest": get(*[FORM] * 8),
    "workshops:search_atom": PUBLIC,
    "workshops:search_rss": PUBLIC,
    "workshops:search_agenda": PUBLIC,
    "workshops:search_save": SIGNED_IN,
    "workshops:saved_searches": SIGNED_IN,
    # Nobody here keeps a search; a colleague does.
    "workshops:saved_search_change": post(AWAY, *[GONE] * 7),
    "workshops:saved_search_forget": post(AWAY, *[GONE] * 7),
    "workshops:offer_from": get(AWAY, AWAY, AWAY, AWAY, OK, AWAY, AWAY, AWAY),
    "workshops:offer": COMPANY,
    "workshops:offer_evening": replace(COMPANY, FORM),
    "workshops:ask": get(*[AWAY] * 8),
    "workshops:slot": PUBLIC,
    "workshops:requests": PUBLIC,
    "workshops:needs": PUBLIC,
    "workshops:matching": PUBLIC,
    "workshops:needs_file": PUBLIC,
    "workshops:needs_of_communes": PUBLIC,
    "workshops:needs_of_communes_file": PUBLIC,
    "workshops:impact": PUBLIC,
    "workshops:impact_file": PUBLIC,
    "workshops:company_impact": PUBLIC,
    "workshops:company_impact_file": PUBLIC,
    "workshops:own_impact": COMPANY,
    "workshops:own_impact_file": COMPANY,
    "workshops:impact_report": COMPANY,
    "charter:current": PUBLIC,
    "charter:version": PUBLIC,
    "charter:signatories": PUBLIC,
    "charter:signatory": PUBLIC,
    "charter:changes": PUBLIC,
    "charter:verify": PUBLIC,
    "charter:verify_form": PUBLIC,
    "charter:sign_by_link": PUBLIC,
    "charter:badge": PUBLIC,
    "charter:editions": PUBLIC,
    "charter:edition": PUBLIC,
    "health": PUBLIC,
    "legal_notice": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    # Who has no association is sent to register one; the slot is taken for who has one.
    "workshops:book": get(AWAY, AWAY, AWAY, 409, AWAY, AWAY, AWAY, AWAY),
    "workshops:waitlist_join": get(AWAY, AWAY, AWAY, OK, AWAY, OK, AWAY, AWAY),
    "workshops:course_book": get(AWAY, AWAY, AWAY, OK, AWAY, OK, AWAY, AWAY),
    **{
        f"workshops:{side}_{name}": rule
        for side, own in (("company", COMPANY), ("association", ASSOCIATION))
        for name, rule in {
            "hostings": own,
            "hosting": own,
            "hosting_pdf": own,
            "hosting_propose": replace(own, AWAY),
            "hosting_sign": replace(own, FORM),
            "hosting_end": replace(own, AWAY),
        }.items()
    },
    "workshops:company_hosting_certificate": COMPANY,
    "workshops:hosting_verify": PUBLIC,
    "workshops:volunteering": SIGNED_IN,
    "workshops:volunteer_join": post(AWAY, GONE, AWAY, GONE, AWAY, GONE, GONE, GONE),
    "workshops:volunteer_join_series": post(AWAY, GONE, AWAY, GONE, AWAY, GONE, GONE, GONE),
    "workshops:volunteer_leave": post(AWAY, GONE, AWAY, GONE, AWAY, GONE, GONE, GONE),
    # Nobody here has a promise of their own to be replaced in; a colleague has.
    "workshops:stand_in_ask": post(AWAY, GONE, AWAY, GONE, AWAY, GONE, GONE, GONE),
    "workshops:volunteer_event": get(AWAY, *[GONE] * 7),
    "workshops:stand_in_take": post(AWAY, GONE, AWAY, GONE, AWAY, GONE, GONE, GONE),
    "workshops:guidance": SIGNED_IN,
    "workshops:agenda": COMPANY,
    "workshops:room_calendar": COMPANY,
    "workshops:room_calendar_forget": replace(COMPANY, AWAY),
    "workshops:feeds": SIGNED_IN,
    "workshops:feed": PUBLIC,
    "workshops:feed_open": replace(SIGNED_IN, AWAY),
    "workshops:feed_close": replace(SIGNED_IN, AWAY),
    "workshops:company_feed_open": replace(COMPANY, AWAY),
    "workshops:company_feed_close": replace(SIGNED_IN, AWAY),
    "workshops:association_feed_open": replace(ASSOCIATION, AWAY),
    "workshops:association_feed_close": replace(SIGNED_IN, AWAY),
    "workshops:site_feed_open": replace(COMPANY, AWAY),
    "workshops:site_feed_close": replace(SIGNED_IN, AWAY),
    "workshops:volunteers": COMPANY,
    "workshops:volunteer_consent": replace(COMPANY, AWAY),
    "companies:volunteer_profile": get(AWAY, GONE, OK, GONE, OK, GONE, GONE, GONE),
    "dashboard": SIGNED_IN,
    "own_preferences": SIGNED_IN,
    "mail:preferences": PUBLIC,
    "mail:provider": get(*[GONE] * 8),
    "mail:unsubscribe": PUBLIC,
    "own_data": SIGNED_IN,
    "mail_language": SIGNED_IN,
    "company": COMPANY,
    "companies:create": SIGNED_IN,
    "companies:sites": COMPANY,
    "companies:site_create": COMPANY,
    "companies:room_create": COMPANY,
    "companies:availability_create": COMPANY,
    "companies:addresses": COMPANY,
    "companies:site_edit": COMPANY,
    "companies:site_reopen": replace(COMPANY, AWAY),
    "companies:room_reopen": replace(COMPANY, AWAY),
    "companies:site_position": COMPANY,
    "companies:site_accessibility": COMPANY,
    "companies:site_access": COMPANY,
    "companies:room_edit": COMPANY,
    "companies:room_photos": COMPANY,
    "companies:photo": PUBLIC,
    "companies:photo_remove": replace(COMPANY, AWAY),
    "companies:series": COMPANY,
    "workshops:room_close": COMPANY,
    "workshops:site_close": COMPANY,
    "workshops:company_close": COMPANY,
    "companies:series_confirm": PUBLIC,
    "workshops:series": COMPANY,
    "workshops:series_end": replace(COMPANY, FORM),
    "workshops:series_date_open": replace(COMPANY, FORM),
    "workshops:series_confirm": replace(COMPANY, AWAY),
    "workshops:slot_change": COMPANY,
    **{
        f"{space}:{name}": rule
        for space, own in (("companies", COMPANY), ("associations", ASSOCIATION))
        for name, rule in {
            "invitation": PUBLIC,
            "join": SIGNED_IN,
            "members": own,
            "member_invite": replace(own, 422),
            "members_confirm": replace(own, AWAY),
            "member_role": replace(own, FORM),
            "member_hand_over": replace(own, AWAY),
            "member_remove": replace(own, AWAY),
            "invitation_revoke": replace(own, AWAY),
            "join_answer": replace(own, FORM),
        }.items()
    },
    "companies:volunteer_link": replace(COMPANY, FORM),
    "charter:sign": COMPANY,
    "charter:company_edit": COMPANY,
    "charter:company_charter": COMPANY,
    "charter:signed_pdf": COMPANY,
    "charter:withdraw": replace(COMPANY, AWAY),
    "associations:edit": ASSOCIATION,
    **{f"charter:{name}": OPERATION for name in ("draft", "edition_desk", "edition_create", "edition_edit")},
    **{f"charter:{name}": replace(OPERATION, AWAY) for name in ("publish", "edition_announce")},
    "workshops:company_slots": COMPANY,
    "workshops:slot_withdraw": post(AWAY, GONE, GONE, GONE, AWAY, GONE, GONE, GONE),
    "workshops:company_booking": COMPANY,
    "workshops:company_report": COMPANY,
    "workshops:company_move": COMPANY,
    "workshops:company_sheet": COMPANY,
    "workshops:company_note": post(AWAY, GONE, GONE, GONE, FORM, GONE, GONE, GONE),
    "workshops:booking_accept": post(AWAY, GONE, GONE, GONE, AWAY, GONE, GONE, GONE),
    "workshops:booking_decline": post(AWAY, GONE, GONE, GONE, FORM, GONE, GONE, GONE),
    "workshops:company_crew": COMPANY,
    "workshops:company_crew_invite": replace(COMPANY, AWAY),
    "workshops:presence": SIGNED_IN,
    "workshops:volunteer_answer": PUBLIC,
    "workshops:association_course": ASSOCIATION,
    "workshops:association_course_cancel": replace(ASSOCIATION, FORM),
    "workshops:company_history": COMPANY,
    "workshops:association_history": ASSOCIATION,
    "workshops:volunteer_history": SIGNED_IN,
    "workshops:own_certificate": replace(SIGNED_IN, AWAY),
    "workshops:company_certificate": replace(COMPANY, AWAY),
    "workshops:certificate": PUBLIC,
    "workshops:certificate_pdf": get(AWAY, GONE, OK, GONE, OK, GONE, GONE, GONE),
    "workshops:company_reliability": COMPANY,
    "workshops:association_reliability": ASSOCIATION,
    "workshops:company_reply": replace(COMPANY, FORM),
    "workshops:association_reply": replace(ASSOCIATION, FORM),
    "workshops:agreement": PUBLIC,
    "workshops:answer": PUBLIC,
    "workshops:hold": PUBLIC,
    "workshops:association_hold": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "workshops:association_wait_no_more": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "workshops:company_agree": post(AWAY, GONE, GONE, GONE, AWAY, GONE, GONE, GONE),
    "workshops:association_agree": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "workshops:company_cancel": post(AWAY, GONE, GONE, GONE, FORM, GONE, GONE, GONE),
    "association": ASSOCIATION,
    "associations:create": SIGNED_IN,
    "associations:insurance": ASSOCIATION,
    "associations:insurance_file": get(AWAY, GONE, GONE, GONE, GONE, OK, GONE, OK),
    "associations:insurance_withdraw": replace(ASSOCIATION, AWAY),
    "associations:requests": ASSOCIATION,
    "associations:request_create": ASSOCIATION,
    "workshops:association_request": ASSOCIATION,
    "workshops:association_dismiss": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "workshops:association_undismiss": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "workshops:association_request_withdraw": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "associations:request_keep": post(AWAY, GONE, GONE, GONE, GONE, AWAY, GONE, GONE),
    "associations:request_keep_by_link": PUBLIC,
    "workshops:association_booking": ASSOCIATION,
    "workshops:association_report": ASSOCIATION,
    "workshops:association_move": ASSOCIATION,
    "workshops:association_prepare": ASSOCIATION,
    "workshops:association_sheet": ASSOCIATION,
    "workshops:association_note": post(AWAY, GONE, GONE, GONE, GONE, FORM, GONE, GONE),
    "workshops:association_cancel": post(AWAY, GONE, GONE, GONE, GONE, FORM, GONE, GONE),
    "moderation": MODERATION,
    "moderation_next": replace(MODERATION, AWAY),
    "moderation_batch": replace(MODERATION, AWAY),
    "moderation_search": MODERATION,
    "moderation_reliability": MODERATION,
    "moderation_file": MODERATION,
    "moderation_claim": replace(MODERATION, AWAY),
    "moderation_release": replace(MODERATION, AWAY),
    "moderation_decide": replace(MODERATION, FORM),
    "moderation_registry": post(AWAY, *[GONE] * 7),
    "moderation_merge": post(AWAY, *[GONE] * 7),
    "mailroom": OPERATION,
    "workshops:weights": OPERATION,
    "workshops:plans": OPERATION,
    "workshops:plan": OPERATION,
    "workshops:plan_file": OPERATION,
    "workshops:plan_offer": post(AWAY, *[GONE] * 6, AWAY),
    "mail_preview_html": OPERATION,
    "recoveries": OPERATION,
    "recovery_confirm": replace(OPERATION, AWAY),
    "report_abuse": PUBLIC,
    "appeal": get(AWAY, GONE, GONE, GONE, OK, GONE, GONE, GONE),
    # allauth's own pages: entrances are for who is not signed in, stages for who is on the way in.
    "account_login": ENTRANCE,
    "account_signup": ENTRANCE,
    "account_request_login_code": ENTRANCE,
    "account_logout": SIGNED_IN,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_confirm_login_code": STAGE,
    "account_email_verification_sent": STAGE,
    "account_email": SIGNED_IN,
    "account_change_password": STAGE,
    "account_set_password": SIGNED_IN,
    "account_reauthenticate": NO_SECRET,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": STAGE,
    "mfa_reauthenticate": NO_SECRET,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": NONE_YET,
    "mfa_view_recovery_codes": NONE_YET,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": NONE_YET,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": NO_SECRET,
    "mfa_remove_webauthn": NONE_YET,
    "mfa_edit_webauthn": NONE_YET,
    "mfa_login_webauthn": STAGE,
    "usersessions_list": SIGNED_IN,
}


@pytest.mark.django_db
def test_table_lists_every_address() -> None:
    assert sorted(TABLE) == sorted(set(names(get_resolver())))


def named(name: str) -> Any:
    """The library's own templates leave variables undefined; ours may not."""
    library = name.startswith(("account_", "mfa_", "usersessions_"))
    return pytest.param(name, marks=pytest.mark.ignore_template_errors) if library else name


@pytest.mark.parametrize("name", [named(name) for name in TABLE])
def test_visitors_get_what_the_table_says(people: dict[str, User], addresses: dict[str, str], name: str) -> None:
    rule = TABLE[name]
    expected = dict(zip(VISITORS, rule.answers, strict=True))
    for manager, owner in MANAGERS.items():
        expected[manager] = GONE if name in OWNERS_ONLY else expected[owner]
        # Who has several companies chooses one; the manager has one.
        expected[manager] = AWAY if name == "workshops:offer_from" else expected[manager]
    answers = {
        visitor: getattr(signed_in_as(people.get(visitor)), rule.method)(addresses[name]).status_code
        for visitor in expected
    }
    assert answers == expected


@pytest.mark.parametrize("name", [name for name, rule in TABLE.items() if rule.method == "post"])
def test_what_acts_does_not_act_on_get(people: dict[str, User], addresses: dict[str, str], name: str) -> None:
    """Who comes there after signing in again is led to a page."""
    came = signed_in_as(people["superuser"])
    assert came.get(addresses[name]).status_code == AWAY
    assert came.get(addresses[name], follow=True).status_code in (OK, GONE)


@pytest.mark.parametrize("address", [
    "/demandes/carte/%00/", "/demandes/carte/%00.csv", "/charte/verifier/%00/", "/charte/signer/%00/",
    "/conventions/%00/", "/attestations/%00/", "/attestations/%00/pdf/", "/agenda/%00.ics", "/courriels/%00/",
    "/courriels/%00/stop/", "/moderation/%00/1/", "/moderation/fiabilite/%00/x/", "/recours/%00/1/",
    "/associations/demandes/garder/%00/", "/associations/invitation/%00/", "/associations/rejoindre/%00/",
    "/entreprises/series/confirmer/%00/", "/ateliers/accord/%00/", "/reservations/repondre/%00/",
    "/reservations/prendre/%00/", "/benevolat/presence/%00/", "/benevolat/repondre/%00/",
])  # fmt: skip
def test_words_that_no_column_holds_are_of_nothing(people: dict[str, User], address: str) -> None:
    assert signed_in_as(people["superuser"]).get(address).status_code in (OK, GONE)


def administration() -> Iterator[str]:
    """Every address of Django's administration, with a number where one is asked for."""
    resolver: Any = get_resolver()
    _, admin = resolver.namespace_dict["admin"]
    for name, found in sorted(admin.reverse_dict.items(), key=str):
        if isinstance(name, str):
            yield reverse(
                f"admin:{name}", kwargs={key: "mail" if key == "app_label" else "1" for key in found[0][0][1]}
            )


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("visitor", [*VISITORS, *MANAGERS])
def test_administration_is_for_staff(people: dict[str, User], visitor: str) -> None:
    client = signed_in_as(people.get(visitor))
    answers = {address: client.get(address).status_code for address in administration()}
    assert len(answers) > 40
    if visitor == "superuser":
        assert set(answers.values()) <= {OK, AWAY, 403, GONE, POST_ONLY}
        assert answers[reverse("admin:mail_message_changelist")] == OK
        assert not any("/mfa/authenticator/" in address for address in answers), "a factor is removed by two operators"
    else:
        signing_in = {reverse("admin:login"), reverse("admin:logout")}
        assert {answers[address] for address in answers if address not in signing_in} <= {AWAY, GONE}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/dev/courriels/", "/dev/horloge/", "/dev/composants/"])
def test_demonstration_pages_do_not_exist_in_production(client: Client, address: str) -> None:
    assert client.get(address).status_code == GONE
