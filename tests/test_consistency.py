"""Tests that read the code itself, so that what must go together stays together."""

from __future__ import annotations

import ast
import inspect
import re
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from pytest_socket import SocketConnectBlockedError

from solidarite.states import STATE_MODELS, diagram

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = ("accounts", "associations", "charter", "companies", "mail", "territories", "workshops")
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html" or "mail" in path.parts]
LIBRARY_OVERRIDES = ("allauth", "account", "mfa", "usersessions", "django")
FOUND_BY_NAME = {"400.html", "403.html", "404.html", "500.html"}


def own_models() -> list[type[models.Model]]:
    return [model for label in OWN_APPS for model in apps.get_app_config(label).get_models()]


def code() -> str:
    folders = (*OWN_APPS, "solidarite", "templates")
    files = [
        path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in (".py", ".html", ".txt")
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_template_is_used() -> None:
    written = code()
    unused = []
    for path in TEMPLATES:
        name = path.relative_to(ROOT / "templates").as_posix()
        if name.split("/")[0] in LIBRARY_OVERRIDES or name in FOUND_BY_NAME:
            continue
        stem = re.sub(r"(\.subject)?\.(txt|html)$", "", name)
        known = name.startswith("mail/") and f'"{stem.removeprefix("mail/")}"' in written
        if not known and f'"{name}"' not in written:
            unused.append(name)
    assert unused == []


EMAIL_FUNCTIONS = [
    (app, name)
    for app in ("accounts", "associations", "charter", "workshops")
    for name, function in inspect.getmembers(import_module(f"{app}.emails"), inspect.isfunction)
    if not name.startswith("_") and function.__module__ == f"{app}.emails"
]


@pytest.mark.parametrize(("app", "name"), EMAIL_FUNCTIONS)
def test_every_mail_has_its_three_templates_and_a_test(app: str, name: str) -> None:
    missing = [
        suffix for suffix in ("subject.txt", "txt", "html") if not (ROOT / f"templates/mail/{name}.{suffix}").exists()
    ]
    assert missing == []
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / app).glob("test_*.py"))
    assert f'"{name}"' in tests


def test_mails_are_posted_in_the_language_of_their_readers() -> None:
    """`accounts.letters` alone gives the outbox its language and speaks it while facts are put together."""
    posting = [
        path.relative_to(ROOT).as_posix()
        for app in (*OWN_APPS, "solidarite")
        for path in (ROOT / app).rglob("*.py")
        if app != "mail" and re.search(r"outbox\.post\b|import post\b", path.read_text(encoding="utf-8"))
    ]
    assert posting == ["accounts/letters.py"]


def test_every_state_is_drawn() -> None:
    with_state = [model for model in own_models() if hasattr(model, "TRANSITIONS")]
    assert sorted(STATE_MODELS, key=str) == sorted(with_state, key=str)


@pytest.mark.parametrize("model", STATE_MODELS)
def test_every_state_has_a_constraint_that_ties_its_stamps(model: type[models.Model]) -> None:
    checks = [one for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    assert [one.name for one in checks if "'state'" in str(one.condition) or "state" in str(one.condition)]


@pytest.mark.parametrize("model", STATE_MODELS)
def test_transitions_lead_from_and_to_known_states(model: type[models.Model]) -> None:
    table = model.TRANSITIONS  # type: ignore[attr-defined]
    states = set(model.State)  # type: ignore[attr-defined]
    assert set(table) == states
    assert {target for targets in table.values() for target in targets} <= states


def test_drawing_of_states_is_fresh() -> None:
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == diagram()


@pytest.mark.parametrize("model", own_models())
def test_names_of_fields_tell_their_kind(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        if type(field) is models.DateTimeField and field.name != "not_after":
            assert field.name.endswith("_at") or field.name in ("last_login", "date_joined"), field
        if type(field) is models.DateField:
            assert field.name.endswith("_date"), field


NO_BREAK_BEFORE = re.compile(
    r"(?:^|[^\s\u00a0\u202f&](?<!\u00a0)) [:;!?»](?!\S)|« |[A-Za-zé]'[A-Za-zéèêàâ]|\d (?:km|h|€|%)(?!\w)"
)
# Attributes, tags and filters are code, not prose.
NOT_PROSE = re.compile(r"{%.*?%}|{#.*?#}|{{.*?}}|<style.*?</style>|<!--.*?-->|<[^>]*>", re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_prose_follows_french_typography(path: Path) -> None:
    """A no-break space before : ; ! ? and inside « », and the apostrophe ’."""
    prose = NOT_PROSE.sub("\u00b7", path.read_text(encoding="utf-8"))
    assert NO_BREAK_BEFORE.findall(prose) == []


def sentences(path: Path) -> Iterator[str]:
    """Texts in a module of ours, docstrings apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


# Words of others, read as they write them; code in other languages.
NOT_OURS = {"accounts/directory/vocabulary.py", "workshops/guards.py"}
MODULES = [
    path
    for app in (*OWN_APPS, "solidarite")
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and path.relative_to(ROOT).as_posix() not in NOT_OURS
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sentences_in_code_follow_french_typography(path: Path) -> None:
    faulty = [text for text in sentences(path) if re.search(r"(?<=\w) [:;!?»](?!\S)|^ [;!?] |« |\d (?:km|h|€)\b", text)]
    assert faulty == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_component_with_a_form_is_given_the_token(path: Path) -> None:
    """`only` keeps the token of the page out of a component, whose form would then be refused."""
    posting = {
        component.relative_to(ROOT / "templates").as_posix()
        for component in (ROOT / "templates" / "components").glob("*.html")
        if "{% csrf_token %}" in component.read_text(encoding="utf-8")
    }
    includes = re.findall(r'{% include "([^"]+)"([^%]*)%}', path.read_text(encoding="utf-8"))
    bare = [name for name, props in includes if name in posting and " only" in props and "csrf_token=" not in props]
    assert bare == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".html"])
def test_pages_hold_no_inline_script_or_style(path: Path) -> None:
    if "mail" in path.parts:
        return
    html = path.read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", html) == []


def test_example_of_environment_lists_what_is_read() -> None:
    settings = (ROOT / "solidarite" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | {"SOLIDARITE_DATA", "POSTGRES_PASSWORD"}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == read


def test_no_test_reaches_another_machine() -> None:
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_no_room_is_called_by_a_name_that_says_nothing() -> None:
    nothing = {"utils", "helpers", "common", "core", "services", "misc"}
    rooms = {
        path.stem
        for folder in (*OWN_APPS, "solidarite")
        for path in (ROOT / folder).rglob("*")
        if path.is_dir() or path.suffix == ".py"
    }
    assert rooms & nothing == set()
