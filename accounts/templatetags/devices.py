"""What a person recognises of a session."""

from django import template
from ua_parser import parse

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """« Firefox sur Windows », from the text by which a browser presents itself."""
    read = parse(user_agent)
    browser = read.user_agent.family if read.user_agent else "Navigateur inconnu"
    return f"{browser} sur {read.os.family}" if read.os else browser
