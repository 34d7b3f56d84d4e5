"""Regions, départements and communes of the official geographic code (COG), overseas included."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Case, F, Q, Value, When

from territories.closed_lists import WordField
from territories.distance import kilometres_from
from territories.folding import fold
from territories.reading import LONGEST_TEXT, Reading, read

_SUGGESTIONS = 8
_SHORTEST_CLUE = 3


# Of the communes of a box.
LARGEST_SHOWN = 60
# From the middle of the largest commune of Guyane one sees no other.
WITHIN_SIGHT_KM, WITHIN_SIGHT_DEGREES = 100, 1.0


class UnknownCommune(LookupError):  # named as callers say it, like DoesNotExist
    """No commune is meant by this text. `suggestions` are those whose name looks like it, best first."""

    def __init__(self, text: str, suggestions: list[Commune]) -> None:
        super().__init__(text)
        self.text = text
        self.suggestions = suggestions


class AmbiguousCommune(LookupError):  # idem
    """Several communes are meant alike: homonyms, or one postal code for all. The largest comes first."""

    def __init__(self, text: str, reading: Reading, candidates: list[Commune]) -> None:
        super().__init__(text)
        self.text = text
        self.reading = reading
        self.candidates = candidates


class Region(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    search_name = models.CharField("nom cherché", max_length=100, help_text="minuscules sans accent ni tiret")

    class Meta:
        verbose_name = "région"
        ordering = ("search_name", "code")

    def __str__(self) -> str:
        return self.name


class DepartementQuerySet(models.QuerySet["Departement"]):
    def by_name(self) -> Self:
        """In the order of a French dictionary: accents and case do not count."""
        return self.order_by("search_name", "code")

    def inhabited(self) -> Self:
        """Without the southern and antarctic lands and Clipperton, where nobody holds a workshop."""
        return self.filter(population__gt=0)


class Departement(models.Model):
    """A département, or an overseas collectivity that plays its part."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departements")
    population = models.PositiveIntegerField("population")
    time_zone = models.CharField("fuseau horaire", max_length=40)
    search_name = models.CharField("nom cherché", max_length=100, help_text="minuscules sans accent ni tiret")

    objects = DepartementQuerySet.as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class CommuneQuerySet(models.QuerySet["Commune"]):
    """Finding the commune that a person means by what they typed."""

    def search(self, text: str) -> Self:
        """Communes that the text may mean: the exact name first, then names that begin so, then the largest.

        Reads names (accents, hyphens, « St » do not count), postal and INSEE codes, « Lille (59) ».
        Municipal arrondissements appear only to who gives a number or a code. Empty for unreadable text.
        """
        readings = read(text)
        if not readings:
            return self.none()
        nothing = Q(pk__in=())
        exact, leading, inside = nothing, nothing, nothing
        for reading in readings:
            exact |= _meant(reading)
            leading |= _meant(reading, how="__startswith") if reading.name else Q(pk=reading.code)
            inside |= _meant(reading, how="__contains", before=" ") if reading.name else nothing
        rank = Case(When(exact, then=Value(0)), When(leading, then=Value(1)), default=Value(2))
        return self.filter(exact | leading | inside).order_by(rank, *_LARGEST_FIRST)

    def resolve(self, text: str) -> Commune:
        """The one commune that the text means.

        Five digits are a postal code, and an INSEE code only failing that: 3,004 of them are both, of different
        communes. People type the former; links hold `Commune.link`, which is the latter beyond doubt.
        Raises UnknownCommune or AmbiguousCommune.
        """
        for reading in read(text):
            found = self._resolve_reading(reading)
            if len(found) > 1:
                raise AmbiguousCommune(text, reading, found)
            if found:
                return found[0]
        raise UnknownCommune(text, self._suggestions(text))

    def resembling(self, text: str) -> Self:
        """Communes whose name is spelled nearly like this, the nearest first: for « Vouliez-vous dire… »."""
        names = [reading.name for reading in read(text) if reading.name]
        if not names:
            return self.none()
        name = names[-1]
        nearness = TrigramSimilarity("search_name", name)
        plain = self.exclude(kind=Commune.Kind.ARRONDISSEMENT)
        return plain.filter(search_name__trigram_similar=name).order_by(nearness.desc(), *_LARGEST_FIRST)

    def largest_between(self, south_west: tuple[float, float], north_east: tuple[float, float]) -> Self:
        """Communes of a box (corners: latitude and longitude), the most populous first."""
        return self.filter(
            latitude__range=(south_west[0], north_east[0]), longitude__range=(south_west[1], north_east[1])
        ).order_by(*_LARGEST_FIRST)[:LARGEST_SHOWN]

    def nearest(self, latitude: float, longitude: float) -> Commune | None:
        """The commune whose point is nearest to this one (degrees); None when none is within sight of it."""
        aside = (latitude - WITHIN_SIGHT_DEGREES, latitude + WITHIN_SIGHT_DEGREES)
        away = kilometres_from(latitude, longitude)
        near = self.exclude(kind=Commune.Kind.ARRONDISSEMENT).filter(latitude__range=aside)
        return near.alias(away=away).filter(away__lte=WITHIN_SIGHT_KM).order_by("away", "pk").first()

    def _suggestions(self, text: str) -> list[Commune]:
        if len(fold(text[:LONGEST_TEXT])) < _SHORTEST_CLUE:
            return []
        return list(self.search(text)[:_SUGGESTIONS]) or list(self.resembling(text)[:_SUGGESTIONS])

    def _resolve_reading(self, reading: Reading) -> list[Commune]:
        meanings = [_meant(reading)]
        if reading.code and not reading.name:
            meanings.append(Q(pk=reading.code))
        for meaning in meanings:
            if found := list(self.filter(meaning).order_by(*_LARGEST_FIRST)):
                return found
        return []


class Commune(models.Model):
    """A commune or municipal arrondissement. Its key is the INSEE code, which is not the postal code."""

    class Kind(models.TextChoices):
        """Paris, Lyon and Marseille are in the table whole and by arrondissement: offer one or the other."""

        COMMUNE = "commune", "commune"
        CITY = "city", "commune à arrondissements"
        ARRONDISSEMENT = "arrondissement", "arrondissement municipal"

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    kind = WordField("nature", max_length=20, choices=Kind, default=Kind.COMMUNE)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="communes")
    postal_codes = ArrayField(models.CharField(max_length=5), verbose_name="codes postaux")
    population = models.PositiveIntegerField("population", null=True, help_text="vide si personne n’y réside")
    latitude = models.FloatField("latitude", null=True, help_text="degrés WGS 84, vide si inconnue")
    longitude = models.FloatField("longitude", null=True, help_text="degrés WGS 84, vide si inconnue")
    time_zone = models.CharField("fuseau horaire", max_length=40, help_text="nom IANA")
    search_name = models.CharField("nom cherché", max_length=100, help_text="minuscules sans accent ni tiret")

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ("search_name", "code")
        indexes = [
            GinIndex(OpClass("search_name", "gin_trgm_ops"), name="commune_search_trgm"),
            GinIndex(fields=["postal_codes"], name="commune_postal_codes"),
            models.Index(fields=["search_name"], opclasses=["varchar_pattern_ops"], name="commune_search_prefix"),
        ]
        constraints = [
            # Target of the composite key of Site, which has the hour of its commune.
            models.UniqueConstraint(name="commune_time_zone_key", fields=["code", "time_zone"]),
            models.CheckConstraint(
                name="commune_point_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                # Said in full: a comparison with NULL passes a CHECK.
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.departement_id})"

    @property
    def link(self) -> str:
        """How addresses of pages name it: no postal code is written so."""
        return f"insee-{self.pk}"

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude, in degrees; of 29 small communes nobody published them: their département is near."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


_LARGEST_FIRST = (F("population").desc(nulls_last=True), "search_name", "code")


def _meant(reading: Reading, *, how: str = "", before: str = "") -> Q:
    """What a reading asks of the table; `how` is the lookup on the name, `before` goes before it."""
    meaning = Q()
    if reading.name:
        meaning &= Q(**{f"search_name{how}": before + reading.name})
    if reading.name and not any(letter.isdigit() for letter in reading.name):
        meaning &= ~Q(kind=Commune.Kind.ARRONDISSEMENT)
    if reading.code:
        meaning &= Q(postal_codes__contains=[reading.code])
    if reading.code and not reading.name:
        meaning &= ~Q(kind=Commune.Kind.CITY)
    if reading.insee:
        meaning &= Q(pk=reading.insee)
    if reading.departement:
        meaning &= _in_departement(reading.departement)
    return meaning


def _in_departement(told: str) -> Q:
    """In the département of this code or folded name; its article may be left out (« Réunion »)."""
    if told == "20":
        return Q(departement__in=("2A", "2B"))
    if len(told) <= 3:  # noqa: PLR2004  # a code; no name is that short
        return Q(departement=told.upper())
    named = Departement.objects.filter(search_name__in=(told, f"la {told}")).values("pk")
    return Q(departement__in=named)
