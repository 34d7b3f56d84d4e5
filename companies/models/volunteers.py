"""Volunteers: what they bring, and what they promise."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.ranges import between
from accounts.vocabulary import Language, Level, Topic
from companies.models.companies import Company, Membership
from companies.models.periods import TsTzRange
from companies.models.places import Site
from companies.models.promises import promises_stand
from companies.models.slots import Slot
from territories.closed_lists import WordField, WordsField

MOST_HOURS = 500


class Engagement(models.TextChoices):
    """On whose time a volunteer comes."""

    BENEVOLAT = "benevolat", "bénévolat, en dehors de mon temps de travail"
    MECENAT = "mecenat", "mécénat de compétences, sur mon temps de travail"


class VolunteerProfileQuerySet(models.QuerySet["VolunteerProfile"]):
    """Profiles by what is due."""

    def awaiting_consent(self) -> Self:
        return self.filter(engagement_type=Engagement.MECENAT, consented_at=None)


class VolunteerProfile(models.Model):
    """What a member of a company brings to its workshops; it goes when the member leaves. No telephone is kept.

    Hours are those of a calendar year. Time at work (mécénat) needs a manager's consent, which stands until it is
    taken back or the engagement changes.
    """

    class Moment(models.TextChoices):
        EVENING = "evening", "les soirs de semaine"
        SATURDAY = "saturday", "le samedi"
        SUNDAY = "sunday", "le dimanche"

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="volunteer_profile"
    )
    topics = WordsField(WordField(max_length=50, choices=Topic), verbose_name="thèmes", default=list, blank=True)
    levels = WordsField(WordField(max_length=20, choices=Level), verbose_name="niveaux", default=list, blank=True)
    languages = WordsField(
        WordField(max_length=5, choices=Language), verbose_name="autres langues", default=list, blank=True
    )
    moments = WordsField(
        WordField(max_length=20, choices=Moment), verbose_name="disponibilités", default=list, blank=True
    )
    sites = models.ManyToManyField(Site, verbose_name="sites", blank=True, related_name="+")
    pledged_hours = models.PositiveSmallIntegerField(
        "heures promises par an", default=0, validators=between(0, MOST_HOURS)
    )
    engagement_type = WordField("cadre", max_length=20, choices=Engagement, default=Engagement.BENEVOLAT)
    consented_at = models.DateTimeField("accord", null=True, editable=False)
    consented_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    guidance_read_at = models.DateTimeField("repères lus", null=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = VolunteerProfileQuerySet.as_manager()

    class Meta:
        verbose_name = "profil de bénévole"
        verbose_name_plural = "profils de bénévoles"
        ordering = ("membership",)
        constraints = [
            models.CheckConstraint(
                name="volunteer_consent_is_for_mecenat",
                condition=Q(engagement_type="mecenat") | Q(consented_at__isnull=True, consented_by__isnull=True),
            ),
            models.CheckConstraint(
                name="volunteer_consent_dated", condition=Q(consented_by__isnull=True) | Q(consented_at__isnull=False)
            ),
            models.CheckConstraint(name="volunteer_hours_plausible", condition=Q(pledged_hours__lte=MOST_HOURS)),
        ]
        triggers = [
            promises_stand(
                name="consent_keeps_promises",
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("consented_at", "membership_id"),  # type: ignore[no-untyped-call]
                func="""
                    PERFORM promises_stand(company_id, user_id) FROM companies_membership
                    WHERE id = OLD.membership_id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="company_knows_topics",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf("topics", "membership_id"),  # type: ignore[no-untyped-call]
                func="""
                    PERFORM company_knows(company_id) FROM companies_membership
                    WHERE id IN (OLD.membership_id, NEW.membership_id)
                    AND (OLD.topics <> '{}' OR NEW.topics <> '{}');
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership}"

    @property
    def brings(self) -> list[tuple[str, list[str]]]:
        """Topics, levels, languages and times, each with its name, where something was said of them."""
        vocabularies = {"topics": Topic, "levels": Level, "languages": Language, "moments": self.Moment}
        return [
            (str(self._meta.get_field(name).verbose_name).capitalize(), [str(words(code).label) for code in said])  # type: ignore[union-attr]
            for name, words in vocabularies.items()
            if (said := getattr(self, name))
        ]

    @property
    def awaits_consent(self) -> bool:
        """Whether a manager is to say that this may be on working time."""
        return self.engagement_type == Engagement.MECENAT and self.consented_at is None


class SlotVolunteerQuerySet(models.QuerySet["SlotVolunteer"]):
    """Promises by whose and when."""

    def of_company(self, company: Company) -> Self:
        return self.filter(slot__room__site__company=company)

    def coming(self, now: dt.datetime) -> Self:
        return self.filter(starts_at__gt=now)

    def with_place(self) -> Self:
        """Loads what a page or a mail says of a promise, in the same query."""
        return self.select_related("slot__room__site__company", "slot__room__site__commune", "volunteer")


class SlotVolunteer(models.Model):
    """A volunteer's promise to be there, on one of the seats that the slot offers to volunteers.

    The period and the number of seats follow the slot by composite foreign keys.
    """

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="volunteers")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seat = models.PositiveSmallIntegerField(editable=False, help_text="1 à volunteers_offered")
    volunteers_offered = models.PositiveSmallIntegerField(editable=False)
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    joined_at = models.DateTimeField(editable=False)
    engagement_type = WordField("cadre", max_length=20, choices=Engagement, default=Engagement.BENEVOLAT)
    stand_in_asked_at = models.DateTimeField("remplaçant cherché", null=True, editable=False)

    objects = SlotVolunteerQuerySet.as_manager()

    class Meta:
        verbose_name = "bénévole d’un créneau"
        verbose_name_plural = "bénévoles des créneaux"
        ordering = ("joined_at", "pk")
        constraints = [
            ExclusionConstraint(
                name="volunteer_in_one_place",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Vous participez déjà à un atelier à ce moment.",
            ),
            models.UniqueConstraint(name="volunteer_has_own_seat", fields=["slot", "seat"]),
            models.CheckConstraint(
                name="volunteer_seat_is_offered", condition=Q(seat__gte=1, seat__lte=F("volunteers_offered"))
            ),
        ]
        triggers = [
            # Once more at the end: the site may become another company's meanwhile.
            promises_stand(
                name="promise_stands",
                operation=pgtrigger.Insert,
                func="""
                    PERFORM promises_stand(site.company_id, NEW.volunteer_id) FROM companies_slot AS s
                    JOIN companies_room AS r ON r.id = s.room_id JOIN companies_site AS site ON site.id = r.site_id
                    WHERE s.id = NEW.slot_id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="volunteer_is_a_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("slot_id", "volunteer_id", "engagement_type"),  # type: ignore[no-untyped-call]
                declare=[("inviting", "BIGINT"), ("offered", "TEXT"), ("consent", "TIMESTAMPTZ")],
                func="""
                    SELECT s.company_id, o.state INTO inviting, offered FROM companies_slot AS o
                    JOIN companies_room AS r ON r.id = o.room_id JOIN companies_site AS s ON s.id = r.site_id
                    WHERE o.id = NEW.slot_id FOR SHARE OF o;
                    IF offered <> 'open' THEN
                        RAISE EXCEPTION 'The slot was taken back.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_of_an_open_slot';
                    END IF;
                    PERFORM 1 FROM companies_membership
                    WHERE company_id = inviting AND user_id = NEW.volunteer_id FOR KEY SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'A volunteer is a member of the company.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_of_the_company';
                    END IF;
                    IF NEW.engagement_type = 'mecenat' THEN
                        SELECT p.consented_at INTO consent FROM companies_volunteerprofile AS p
                        JOIN companies_membership AS m ON m.id = p.membership_id
                        WHERE m.company_id = inviting AND m.user_id = NEW.volunteer_id FOR SHARE OF p;
                        IF consent IS NULL THEN
                            RAISE EXCEPTION 'Time at work needs consent.'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_has_consent';
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
