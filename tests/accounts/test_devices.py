import pytest

from accounts.templatetags.devices import device

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "text"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (IPHONE, "Mobile Safari sur iOS"),
        ("curl/8.5.0", "curl"),
        ("", "Navigateur inconnu"),
        ("\u202e<b>" + "x" * 5000, "Navigateur inconnu"),
    ],
)
def test_session_is_named_as_people_know_it(user_agent: str, text: str) -> None:
    assert device(user_agent) == text
